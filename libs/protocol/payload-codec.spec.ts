import { describe, expect, it } from '@jest/globals';
import { decodeFunctionData, parseAbi, size } from 'viem/utils';
import { evaluationRegistryAbi } from '#contracts/evaluation-registry';
import { openExecutorAbi } from '#contracts/open-executor';
import type { MarginAction, PayloadAddresses } from './actions.js';
import { decodeAction } from './payload.js';
import { payloadCodec } from './payload-codec.js';
import { evaluationDigest } from './registry-evaluation.js';

const at = (byte: string): `0x${string}` => `0x${byte.repeat(20)}`;
const digest = (byte: string): `0x${string}` => `0x${byte.repeat(32)}`;
const addresses: PayloadAddresses = {
  chainId: 31_337,
  assets: [{ id: 'ETH', address: at('e1'), decimals: 18 }],
  contracts: {
    evaluationRegistry: at('01'),
    marginGuard: at('02'),
    aaveMarginAdapter: at('03'),
    backstopVault: at('04'),
    openExecutor: at('05'),
    coalitionToken: at('06'),
  },
  safes: { responder: { address: at('07') }, council: { address: at('08') } },
};
const action: MarginAction = {
  lever: 'margin-tightening',
  member: 'aave-local',
  asset: 'ETH',
  ltvBpsFrom: 8_050,
  ltvBpsTo: 8_000,
  ltBpsFrom: 8_300,
  ltBpsTo: 8_250,
  rampSec: 3_600,
};
const codec = payloadCodec(addresses);
const proposal = {
  action,
  evaluation: digest('aa'),
  payloadHash: codec.payloadHash(action),
  validUntil: 1_800_000_900,
};
const record = {
  engineVersion: digest('ee'),
  snapshotRoot: digest('bb'),
  t0: 1_800_000_000,
  blocks: [{ chain: 'eip155:31337', number: 7, hash: digest('cc') }],
  reading: {
    thresholdStatus: 'found',
    ssfThreshold: '0.18',
    lac5Usd: '1',
    lac10Usd: '2',
    gexIndex: null,
    gammaNeutralityPrice: null,
    haircutBreakpoint: null,
  },
} as const;
const link = { parentDigest: digest('00'), attesterEpoch: 1 };

describe('payloadCodec', () => {
  it('behavior: a fast call carries proposal, evidence, payload hash and expiry', () => {
    const decoded = decodeAction(addresses, codec.fastCall(digest('dd'), proposal));
    expect(decoded).toMatchObject({
      kind: 'tighten',
      authority: {
        proposalId: digest('dd'),
        evaluationDigest: digest('aa'),
        payloadHash: proposal.payloadHash,
        validUntil: 1_800_000_900,
      },
    });
  });

  it('behavior: what is scheduled is what is executed, and it is the voted action', () => {
    const voted = { ...proposal, action: { ...action, lever: 'margin-baseline' } as const };
    const scheduled = decodeFunctionData({
      abi: openExecutorAbi,
      data: codec.scheduleCall(digest('dd'), voted, digest('ff')).data,
    });
    const executed = decodeFunctionData({
      abi: openExecutorAbi,
      data: codec.executeCall(digest('dd'), voted, digest('ff')).data,
    });
    if (scheduled.functionName !== 'schedule' || executed.functionName !== 'execute')
      throw new Error('another function');
    expect(executed.args).toEqual(scheduled.args);
    const [targets, datas, proposalId, tallyRoot, salt] = scheduled.args;
    expect([proposalId, tallyRoot, salt]).toEqual([digest('dd'), digest('ff'), proposal.payloadHash]);
    expect(decodeAction(addresses, { to: targets[0]!, data: datas[0]! })).toMatchObject({
      kind: 'move-baseline',
      ltBps: 8_250,
    });
  });

  it('behavior: signatures go on chain in ascending order of their signers', () => {
    const signed = [
      { signer: at('Ff'), signature: '0x03', link },
      { signer: at('0a'), signature: '0x01', link },
      { signer: at('aB'), signature: '0x02', link },
    ] as const;
    const published = decodeFunctionData({
      abi: evaluationRegistryAbi,
      data: codec.publishCall(record, signed).data,
    });
    expect(published.functionName).toBe('submit');
    expect(published.args).toMatchObject([
      { digest: evaluationDigest(record), parentDigest: link.parentDigest },
      ['0x01', '0x02', '0x03'],
    ]);
    const transaction = {
      chainId: 31_337,
      safe: at('07'),
      to: at('02'),
      data: '0x12',
      operation: 0,
      nonce: 1,
    } as const;
    const abi = parseAbi([
      'function execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes) payable returns (bool)',
    ]);
    const { args } = decodeFunctionData({ abi, data: codec.executeSafeCall(transaction, signed).data });
    expect(args[9]).toBe('0x010203');
    expect(args.slice(4, 7)).toEqual([0n, 0n, 0n]);
  });

  it('error: PRO-109 for attestations of different links, or none', () => {
    const other = { ...link, attesterEpoch: 2 };
    const signed = [
      { signer: at('0a'), signature: '0x01', link },
      { signer: at('0b'), signature: '0x02', link: other },
    ] as const;
    expect(() => codec.publishCall(record, signed)).toThrow(expect.objectContaining({ code: 'PRO-109' }));
    expect(() => codec.publishCall(record, [])).toThrow(expect.objectContaining({ code: 'PRO-109' }));
  });

  it('behavior: a sync names the asset at its adapter, and nothing for an unknown one', () => {
    const call = codec.syncCall('aave-local', 'ETH');
    expect(call?.to).toBe(at('03'));
    expect(call === null ? 0 : size(call.data)).toBe(36);
    expect(codec.syncCall('aave-local', 'DOGE')).toBeNull();
  });
});
