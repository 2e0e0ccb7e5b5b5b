import { describe, expect, it } from '@jest/globals';
import { canonicalJson, sha256, utf8Bytes } from '#libs/canonical/index';
import {
  engineVersionKey,
  evaluationDigest,
  registryEvaluation,
  type RegistryRecord,
} from './registry-evaluation.js';

const ROOT = `0x${'ab'.repeat(32)}` as const;
const HASH = `0x${'cd'.repeat(32)}` as const;
const record: RegistryRecord = {
  engineVersion: `0x${'ee'.repeat(32)}`,
  snapshotRoot: ROOT,
  t0: 1_800_000_000,
  blocks: [
    { chain: 'eip155:1', number: 5, hash: ROOT },
    { chain: 'eip155:31337', number: 77, hash: HASH },
  ],
  reading: {
    thresholdStatus: 'found',
    ssfThreshold: '0.1837009',
    lac5Usd: '1825000.123456789',
    lac10Usd: '2200000',
    gexIndex: '-0.1234561',
    gammaNeutralityPrice: '2948.601234565',
    haircutBreakpoint: '1500.000000001',
  },
};
const link = { parentDigest: HASH, attesterEpoch: 2 };
const withReading = (reading: Partial<RegistryRecord['reading']>): RegistryRecord => ({
  ...record,
  reading: { ...record.reading, ...reading },
});

describe('registryEvaluation', () => {
  it('default: rounds every number against the coalition', () => {
    expect(registryEvaluation(record, 31_337, link)).toEqual({
      digest: evaluationDigest(record),
      parentDigest: HASH,
      inputsRoot: ROOT,
      engineVersion: record.engineVersion,
      attesterEpoch: 2n,
      blockNumber: 77n,
      blockHash: HASH,
      computedAt: 1_800_000_000n,
      ssfThreshold: 183_700,
      thresholdStatus: 0,
      lac5Usd: 182_500_012_345_678n,
      lac10Usd: 220_000_000_000_000n,
      gexIndex: -123_457n,
      gammaNeutralityPrice: 294_860_123_457n,
      haircutBreakpoint: 150_000_000_001n,
    });
  });

  it('behavior: what is not computable is 0', () => {
    const none = registryEvaluation(
      withReading({ gexIndex: null, gammaNeutralityPrice: null, haircutBreakpoint: null }),
      31_337,
      link,
    );
    expect([none.gexIndex, none.gammaNeutralityPrice, none.haircutBreakpoint]).toEqual([0n, 0n, 0n]);
  });

  it.each([
    ['already-failed', 1],
    ['beyond-range', 2],
  ] as const)('behavior: status %s is %i, as in the enum of the registry', (thresholdStatus, expected) => {
    expect(registryEvaluation(withReading({ thresholdStatus }), 31_337, link).thresholdStatus).toBe(expected);
  });

  it('error: PRO-103 for a record with a cut-off run', () => {
    expect(() => registryEvaluation(withReading({ thresholdStatus: 'unpublishable' }), 31_337, link)).toThrow(
      expect.objectContaining({ code: 'PRO-103' }),
    );
  });

  it('error: PRO-104 without a block of the chain', () => {
    expect(() => registryEvaluation(record, 10, link)).toThrow(expect.objectContaining({ code: 'PRO-104' }));
  });
});

describe('evaluationDigest', () => {
  it('default: is SHA-256 of the canonical JSON of the record', () => {
    expect(evaluationDigest(record)).toBe(sha256(utf8Bytes(canonicalJson(record))));
  });
});

describe('engineVersionKey', () => {
  it('behavior: keeps a digest and hashes a name (SHA-256 of "abc", FIPS 180-4)', () => {
    expect(engineVersionKey(ROOT)).toBe(ROOT);
    expect(engineVersionKey('abc')).toBe(
      '0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
