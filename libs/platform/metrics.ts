import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Numbers of one process, with units in their names. */
export interface Metrics {
  readonly registry: Registry;
  readonly stageDuration: Histogram<'stage'>;
  readonly stageFailures: Counter<'stage' | 'final'>;
  readonly queueJobs: Gauge<'stage' | 'state'>;
  readonly queueLag: Gauge;
  readonly dataAge: Gauge<'source'>;
  readonly ssfThreshold: Gauge;
}

// From one database round trip to a full search.
const STAGE_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function createMetrics(processName: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ process: processName });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    stageDuration: new Histogram({
      name: 'srd_stage_duration_seconds',
      help: 'Time one job of a stage took.',
      labelNames: ['stage'],
      buckets: STAGE_BUCKETS,
      registers,
    }),
    stageFailures: new Counter({
      name: 'srd_stage_failures_total',
      help: 'Failed attempts of a stage; final ones are not tried again by themselves.',
      labelNames: ['stage', 'final'],
      registers,
    }),
    queueJobs: new Gauge({
      name: 'srd_queue_jobs',
      help: 'Jobs of a stage by state; "failed" are dead letters.',
      labelNames: ['stage', 'state'],
      registers,
    }),
    queueLag: new Gauge({
      name: 'srd_queue_lag_seconds',
      help: 'Age of the oldest job that waits in the outbox.',
      registers,
    }),
    dataAge: new Gauge({
      name: 'srd_data_age_seconds',
      help: 'Age of the newest data of a source.',
      labelNames: ['source'],
      registers,
    }),
    ssfThreshold: new Gauge({
      name: 'srd_ssf_threshold_ratio',
      help: 'Smallest shock that makes the coalition insolvent, of the newest evaluation.',
      registers,
    }),
  };
}
