import type { LinePorts } from '#libs/application/index';
import type { HealthCheck } from '#libs/platform/index';
import type { ErrorSink } from './http/problem.filter.js';

/** Everything the API is wired from. It holds no key and no model. */
export interface ApiParts {
  readonly ports: ApiPorts;
  readonly checks: Readonly<Record<string, HealthCheck>>;
  readonly metrics: MetricsText;
  readonly log: ErrorSink;
}

export type ApiPorts = Pick<
  LinePorts,
  'store' | 'clock' | 'codec' | 'signatures' | 'attesters' | 'safes' | 'votes' | 'policy'
>;

export interface MetricsText {
  readonly contentType: string;
  metrics(): Promise<string>;
}

export const PARTS = Symbol('api parts');
