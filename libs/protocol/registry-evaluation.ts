import { digestOf, sha256, utf8Bytes, type Digest } from '#libs/canonical/index';
import { ProtocolError } from './errors.js';
import { unitsOf, type UnitRounding } from './fixed-point.js';

/** What the registry needs of an evaluation record; every number is decimal text, already rounded against the coalition. */
export interface RegistryRecord {
  readonly engineVersion: string;
  readonly snapshotRoot: Digest;
  /** Timestamp of the pinned block. */
  readonly t0: number;
  readonly blocks: readonly { readonly chain: string; readonly number: number; readonly hash: Digest }[];
  readonly reading: {
    readonly thresholdStatus: 'found' | 'beyond-range' | 'already-failed' | 'unpublishable';
    readonly ssfThreshold: string;
    readonly lac5Usd: string;
    readonly lac10Usd: string;
    readonly gexIndex: string | null;
    readonly gammaNeutralityPrice: string | null;
    readonly haircutBreakpoint: string | null;
  };
}

/** Where an evaluation attaches to the registry: after which evaluation, under which attester set. */
export interface EvaluationLink {
  /** Newest accepted evaluation; 32 zero bytes before the first. */
  readonly parentDigest: Digest;
  readonly attesterEpoch: number;
}

/** The struct `Evaluation` of the registry, as viem encodes it. Threshold and index in 1e-6, prices and USD in 1e-8. */
export interface RegistryEvaluation {
  readonly digest: Digest;
  readonly parentDigest: Digest;
  readonly inputsRoot: Digest;
  readonly engineVersion: Digest;
  readonly attesterEpoch: bigint;
  readonly blockNumber: bigint;
  readonly blockHash: Digest;
  readonly computedAt: bigint;
  readonly ssfThreshold: number;
  readonly thresholdStatus: number;
  readonly lac5Usd: bigint;
  readonly lac10Usd: bigint;
  readonly gexIndex: bigint;
  readonly gammaNeutralityPrice: bigint;
  readonly haircutBreakpoint: bigint;
}

/** Position of each status in the registry's enum. */
export const THRESHOLD_STATUS = { found: 0, 'already-failed': 1, 'beyond-range': 2 } as const;

const RATIO_DECIMALS = 6;
const USD_DECIMALS = 8;

/** Identity of an evaluation: the digest of its record, which names its snapshot. */
export function evaluationDigest(record: RegistryRecord): Digest {
  return digestOf(record);
}

/** An engine version as 32 bytes: itself when it is a digest, else its SHA-256. */
export function engineVersionKey(version: string): Digest {
  return /^0x[0-9a-f]{64}$/.test(version) ? (version as Digest) : sha256(utf8Bytes(version));
}

/**
 * An evaluation record as the registry's struct. Digits beyond the chain's are dropped against the coalition: capacity and
 * threshold down, the haircut breakpoint up, the GEX index towards more explosive; the gamma neutrality price to the nearest.
 *
 * @param chainId the chain whose pinned block the registry checks
 * @param link the evaluation accepted before, and the attester set that signs
 * @throws ProtocolError (PRO-103) for an unpublishable record, (PRO-104) without a block of this chain.
 */
export function registryEvaluation(
  record: RegistryRecord,
  chainId: number,
  link: EvaluationLink,
): RegistryEvaluation {
  const { reading } = record;
  if (reading.thresholdStatus === 'unpublishable') {
    throw new ProtocolError(
      'PRO-103',
      'A run of this evaluation was cut off (CAPPED), so it is never published. Evaluate again with a newer snapshot.',
      reading.thresholdStatus,
    );
  }
  const block = record.blocks.find(({ chain }) => chain === `eip155:${chainId}`);
  if (block === undefined) {
    throw new ProtocolError(
      'PRO-104',
      `The snapshot pins no block of chain eip155:${chainId}; the registry accepts only evaluations that do.`,
      record.blocks,
    );
  }
  return {
    digest: evaluationDigest(record),
    parentDigest: link.parentDigest,
    inputsRoot: record.snapshotRoot,
    engineVersion: engineVersionKey(record.engineVersion),
    attesterEpoch: BigInt(link.attesterEpoch),
    blockNumber: BigInt(block.number),
    blockHash: block.hash,
    computedAt: BigInt(record.t0),
    thresholdStatus: THRESHOLD_STATUS[reading.thresholdStatus],
    ...readingUnits(reading),
  };
}

function readingUnits(reading: RegistryRecord['reading']) {
  const optional = (text: string | null, decimals: number, rounding: UnitRounding): bigint =>
    text === null ? 0n : unitsOf(text, decimals, rounding);
  return {
    ssfThreshold: Number(unitsOf(reading.ssfThreshold, RATIO_DECIMALS, 'down')),
    lac5Usd: unitsOf(reading.lac5Usd, USD_DECIMALS, 'down'),
    lac10Usd: unitsOf(reading.lac10Usd, USD_DECIMALS, 'down'),
    gexIndex: optional(reading.gexIndex, RATIO_DECIMALS, 'down'),
    gammaNeutralityPrice: optional(reading.gammaNeutralityPrice, USD_DECIMALS, 'nearest'),
    haircutBreakpoint: optional(reading.haircutBreakpoint, USD_DECIMALS, 'up'),
  };
}
