import { describe, expect, it } from '@jest/globals';
import { fromHex, keccak256, utf8Bytes } from '#libs/canonical/index';
import { hashTypedData } from 'viem/utils';
import {
  attestationHash,
  ballotHash,
  CHOICE_NUMBER,
  safeTxHash,
  safeTransactionTypedData,
} from './typed-data.js';

/** EIP-712 by hand, as a second method: words are joined as hexadecimal and hashed with the hash of another library. */
const word = (value: bigint | number | string): string =>
  typeof value === 'string'
    ? value.slice(2).toLowerCase().padStart(64, '0')
    : BigInt.asUintN(256, BigInt(value)).toString(16).padStart(64, '0');
const hashOf = (...parts: readonly string[]): `0x${string}` =>
  keccak256(fromHex(`0x${parts.map((part) => part.replace(/^0x/, '')).join('')}`));
const textHash = (text: string): `0x${string}` => keccak256(utf8Bytes(text));
const signingHash = (domain: string, struct: string): `0x${string}` => hashOf('1901', domain, struct);

const CONTRACT = '0xcccccccccccccccccccccccccccccccccccccccc';
const SAFE = '0x5afe5afe5afe5afe5afe5afe5afe5afe5afe5afe';
const A = `0x${'a1'.repeat(32)}` as const;
const B = `0x${'b2'.repeat(32)}` as const;

describe('hashTypedData (what all three rest on)', () => {
  it('behavior: gives the digest of the example in EIP-712', () => {
    // https://eips.ethereum.org/assets/eip-712/Example.js: signHash() of the Mail example.
    const person = [
      { name: 'name', type: 'string' },
      { name: 'wallet', type: 'address' },
    ];
    const mail = [
      { name: 'from', type: 'Person' },
      { name: 'to', type: 'Person' },
      { name: 'contents', type: 'string' },
    ];
    const hash = hashTypedData({
      domain: {
        name: 'Ether Mail',
        version: '1',
        chainId: 1,
        verifyingContract: '0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC',
      },
      types: { Person: person, Mail: mail },
      primaryType: 'Mail',
      message: {
        from: { name: 'Cow', wallet: '0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826' },
        to: { name: 'Bob', wallet: '0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB' },
        contents: 'Hello, Bob!',
      },
    });
    expect(hash).toBe('0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2');
  });
});

describe('safeTxHash', () => {
  // Constants of Safe.sol 1.4.1: DOMAIN_SEPARATOR_TYPEHASH and SAFE_TX_TYPEHASH.
  const DOMAIN_TYPEHASH = '0x47e79534a245952e8b16893a336b85a3d9ea9fa8c573f3d803afb92a79469218';
  const SAFE_TX_TYPEHASH = '0xbb8310d486368db6bd6f849402fdd73ad53d316b5a4b2644ad6efe0f941286d8';
  const transaction = {
    chainId: 31_337,
    safe: SAFE,
    to: CONTRACT,
    data: '0x12345678',
    operation: 1,
    nonce: 7,
  } as const;

  it('default: equals the hash built from the constants of Safe.sol', () => {
    const domain = hashOf(DOMAIN_TYPEHASH, word(31_337), word(SAFE));
    const data = hashOf('0x12345678');
    const struct = hashOf(
      SAFE_TX_TYPEHASH,
      word(CONTRACT),
      word(0),
      data,
      word(1),
      ...[0, 0, 0, 0, 0, 7].map(word),
    );
    expect(safeTxHash(transaction)).toBe(signingHash(domain, struct));
  });

  it('behavior: no gas, value or refund field is ever set', () => {
    const { message } = safeTransactionTypedData(transaction);
    expect(
      [message.value, message.safeTxGas, message.baseGas, message.gasPrice].every((field) => field === 0n),
    ).toBe(true);
    expect([message.gasToken, message.refundReceiver]).toEqual([
      `0x${'00'.repeat(20)}`,
      `0x${'00'.repeat(20)}`,
    ]);
  });
});

const domainHash = (name: string): string =>
  hashOf(
    textHash('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'),
    textHash(name),
    textHash('1'),
    word(31_337),
    word(CONTRACT),
  );

describe('attestationHash', () => {
  const domain = { chainId: 31_337, verifyingContract: CONTRACT } as const;
  const evaluation = {
    digest: A,
    parentDigest: B,
    inputsRoot: A,
    engineVersion: B,
    attesterEpoch: 3n,
    blockNumber: 1_234n,
    blockHash: A,
    computedAt: 1_800_000_000n,
    ssfThreshold: 183_700,
    thresholdStatus: 0,
    lac5Usd: 10n,
    lac10Usd: 20n,
    gexIndex: -1_500_000n,
    gammaNeutralityPrice: 4n,
    haircutBreakpoint: 5n,
  } as const;

  it('default: equals EIP-712 written out by hand', () => {
    const type =
      'Evaluation(bytes32 digest,bytes32 parentDigest,bytes32 inputsRoot,bytes32 engineVersion,uint64 attesterEpoch,uint64 blockNumber,bytes32 blockHash,uint64 computedAt,uint32 ssfThreshold,uint8 thresholdStatus,uint128 lac5Usd,uint128 lac10Usd,int128 gexIndex,uint128 gammaNeutralityPrice,uint128 haircutBreakpoint)';
    const values = [A, B, A, B, 3, 1_234, A, 1_800_000_000, 183_700, 0, 10, 20, -1_500_000, 4, 5].map(word);
    const struct = hashOf(textHash(type), ...values);
    expect(attestationHash(domain, evaluation)).toBe(
      signingHash(domainHash('SovereignRiskEvaluation'), struct),
    );
  });

  it('behavior: another chain, registry or field gives another hash', () => {
    const hashes = [
      attestationHash(domain, evaluation),
      attestationHash({ ...domain, chainId: 1 }, evaluation),
      attestationHash({ ...domain, verifyingContract: SAFE }, evaluation),
      attestationHash(domain, { ...evaluation, ssfThreshold: 183_701 }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe('ballotHash', () => {
  const ballot = {
    proposal: A,
    evaluation: B,
    payloadHash: A,
    counterfactualHash: B,
    voter: SAFE,
    choice: 'for',
    reasonHash: A,
    nonce: 2,
    deadline: 1_800_000_000,
    chainId: 31_337,
    verifyingContract: CONTRACT,
  } as const;

  it('default: equals EIP-712 written out by hand', () => {
    const type =
      'Ballot(bytes32 proposal,bytes32 evaluation,bytes32 payloadHash,bytes32 counterfactualHash,address voter,uint8 choice,bytes32 reasonHash,uint64 nonce,uint64 deadline)';
    const struct = hashOf(textHash(type), ...[A, B, A, B, SAFE, 1, A, 2, 1_800_000_000].map(word));
    expect(ballotHash(ballot)).toBe(signingHash(domainHash('SovereignRiskBallot'), struct));
  });

  it('behavior: every field is bound', () => {
    const changes = [
      { proposal: B },
      { evaluation: A },
      { payloadHash: B },
      { counterfactualHash: A },
      { voter: CONTRACT },
      { choice: 'against' },
      { reasonHash: B },
      { nonce: 3 },
      { deadline: 1 },
      { chainId: 1 },
      { verifyingContract: SAFE },
    ] as const;
    const hashes = changes.map((change) => ballotHash({ ...ballot, ...change }));
    expect(new Set([ballotHash(ballot), ...hashes]).size).toBe(changes.length + 1);
  });

  it('behavior: choices are numbered as in OpenZeppelin GovernorCountingSimple.VoteType', () => {
    expect(CHOICE_NUMBER).toEqual({ against: 0, for: 1, abstain: 2 });
  });
});
