import { describe, expect, it } from '@jest/globals';
import { encodeAbiParameters, keccak256, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { packSignatures, recoveredOwners, safeOutcome } from './safe.js';

const HASH = keccak256(toHex('a Safe transaction'));
const owners = ['one', 'two', 'three'].map((name) => privateKeyToAccount(keccak256(toHex(name))));
const SAFE = '0x00000000000000000000000000000000000000aa';

async function signed(index: number) {
  const owner = owners[index]!;
  return { signer: owner.address, signature: await owner.sign({ hash: HASH }) };
}

describe('packSignatures', () => {
  it('behavior: 65 bytes each, in ascending order of the owner (Safe 1.4.1, checkNSignatures)', async () => {
    const signatures = await Promise.all([0, 1, 2].map(signed));
    const expected = [...signatures]
      .sort((a, b) => (BigInt(a.signer) < BigInt(b.signer) ? -1 : 1))
      .map(({ signature }) => signature.slice(2));
    expect(packSignatures(signatures)).toBe(`0x${expected.join('')}`);
    expect(packSignatures([...signatures].reverse())).toBe(packSignatures(signatures));
  });
});

describe('recoveredOwners', () => {
  const seats = owners.slice(0, 2).map(({ address }) => address);

  it('default: distinct owners who really signed', async () => {
    const [first, second] = await Promise.all([signed(0), signed(1)]);
    const found = await recoveredOwners(HASH, [first!, second!, first!], seats);
    expect(found.map(({ signer }) => signer).sort()).toEqual([...seats].sort());
  });

  it('error: CHN-401 for a signature by another key', async () => {
    const [first, second] = await Promise.all([signed(0), signed(1)]);
    const forged = { signer: first!.signer, signature: second!.signature };
    await expect(recoveredOwners(HASH, [forged], seats)).rejects.toMatchObject({
      code: 'CHN-401',
      fields: { signer: first!.signer },
    });
  });

  it('error: CHN-402 for a signer without a seat', async () => {
    await expect(recoveredOwners(HASH, [await signed(2)], seats)).rejects.toMatchObject({ code: 'CHN-402' });
  });
});

describe('safeOutcome', () => {
  const log = (event: string, address = SAFE) => ({
    address: address as `0x${string}`,
    topics: [keccak256(toHex(event)), HASH] as [`0x${string}`, `0x${string}`],
    data: encodeAbiParameters([{ type: 'uint256' }], [0n]),
  });
  const receipt = (logs: readonly ReturnType<typeof log>[]) => ({
    status: 'success' as const,
    logs: logs as never,
  });

  it('behavior: a mined receipt with ExecutionFailure did not do what was signed', () => {
    expect(safeOutcome(receipt([log('ExecutionFailure(bytes32,uint256)')]), SAFE)).toEqual({
      outcome: 'inner-failure',
      safeTxHash: HASH,
    });
    expect(safeOutcome(receipt([log('ExecutionSuccess(bytes32,uint256)')]), SAFE)).toEqual({
      outcome: 'executed',
      safeTxHash: HASH,
    });
  });

  it('behavior: the event of another Safe proves nothing', () => {
    const foreign = log('ExecutionSuccess(bytes32,uint256)', '0x00000000000000000000000000000000000000bb');
    expect(safeOutcome(receipt([foreign]), SAFE)).toEqual({ outcome: 'not-a-safe-execution' });
    expect(safeOutcome({ status: 'reverted', logs: [] }, SAFE)).toEqual({ outcome: 'reverted' });
  });
});
