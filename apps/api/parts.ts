import type { ArtefactStore, ChainClock } from '#libs/application/index';
import type { HealthCheck } from '#libs/platform/index';
import type { ErrorSink } from './http/problem.filter.js';
import type { Intake } from './intake/intake.js';

/** Everything the API is wired from. It holds no key and no model. */
export interface ApiParts {
  readonly store: ArtefactStore;
  readonly clock: ChainClock;
  readonly intake: Intake;
  readonly quorums: Quorums;
  readonly checks: Readonly<Record<string, HealthCheck>>;
  readonly metrics: MetricsText;
  readonly log: ErrorSink;
}

/** How many signatures complete an evaluation and a Safe transaction, read from the chain. */
export interface Quorums {
  attestations(): Promise<number>;
  signatures(role: 'responder' | 'council'): Promise<number>;
}

export interface MetricsText {
  readonly contentType: string;
  metrics(): Promise<string>;
}

export const PARTS = Symbol('api parts');
