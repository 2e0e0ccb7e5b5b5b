import type { Policy } from '#libs/governance/index';
import type {
  AttesterSetReader,
  ExecutorReader,
  PayloadCodec,
  RelayChain,
  SafeReader,
} from '../chain-ports.js';
import type { ArtefactStore } from '../ports.js';

/** Limits of one relayer. Chain seconds and wei. */
export interface RelayLimits {
  readonly confirmations: number;
  /** A pending transaction is replaced after this long. */
  readonly stuckAfterSec: number;
  readonly maxFeePerGas: bigint;
}

/** Everything the relayer is wired from: the store, the chain with its gas key, and no model. */
export interface RelayPorts {
  readonly store: ArtefactStore;
  readonly chain: RelayChain;
  readonly codec: PayloadCodec;
  readonly attesters: AttesterSetReader;
  readonly safes: SafeReader;
  readonly executor: ExecutorReader;
  readonly policy: Policy;
  readonly limits: RelayLimits;
}

/** What one pass over an intent came to. `waiting` asks for another pass soon, `watching` for one until its block is final. */
export interface RelayOutcome {
  readonly kind: 'done' | 'waiting' | 'watching';
  readonly note: string;
  readonly submission: `0x${string}` | null;
}
