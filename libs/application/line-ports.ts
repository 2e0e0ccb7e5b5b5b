import type { Policy } from '#libs/governance/index';
import type {
  BoundsReader,
  EffectReader,
  ExecutorReader,
  ForkSimulator,
  PayloadCodec,
  AttesterSetReader,
  SafeReader,
  SignatureChecker,
  VotingPowerReader,
} from './chain-ports.js';
import type { ArtefactStore, ChainClock, MarketSource, RiskEngine, StageQueue } from './ports.js';
import type { Digest } from './artefacts.js';

/** Everything the stages are wired from. Each stage asks for the part it uses. */
export interface LinePorts {
  readonly store: ArtefactStore;
  readonly clock: ChainClock;
  readonly market: MarketSource;
  readonly engine: RiskEngine;
  readonly codec: PayloadCodec;
  readonly signatures: SignatureChecker;
  readonly attesters: AttesterSetReader;
  readonly safes: SafeReader;
  readonly votes: VotingPowerReader;
  readonly bounds: BoundsReader;
  readonly simulator: ForkSimulator;
  readonly executor: ExecutorReader;
  readonly effects: EffectReader;
  readonly policy: Policy;
}

/** What a stage did, for the log and the story: the artefacts it stored or found, and one readable sentence. */
export interface StageOutcome {
  readonly stage: StageQueue;
  readonly artefacts: readonly Digest[];
  readonly note: string;
}
