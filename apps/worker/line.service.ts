import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LinePorts } from '#libs/application/index';
import type { Logger } from '#libs/platform/index';
import {
  OutboxDispatcher,
  startStageWorkers,
  StageQueues,
  type QueueBackend,
  type StageWorkers,
} from '#libs/queue/index';
import type { WorkerConfig } from './configuration.js';
import { MarketTrigger, readPoolPrices } from './market-trigger.js';
import { stageHandlers, type WorkerStage } from './stage-handlers.js';
import { stageObserver } from './stage-observer.js';
import { WORKER_PARTS, type WorkerParts } from './worker-parts.js';

const METRICS_PERIOD_MS = 5_000;
const COMPUTATION_GRACE_MS = 3_000;

/** The running line: outbox to queue, queue to stages, period and price moves to captures. */
@Injectable()
export class LineService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly config: WorkerConfig;
  private readonly log: Logger;
  private readonly ports: LinePorts;
  private readonly backend: QueueBackend;
  private readonly queues: StageQueues;
  private readonly dispatcher: OutboxDispatcher;
  private readonly trigger: MarketTrigger;
  private workers: StageWorkers | null = null;
  private metricsTimer: NodeJS.Timeout | null = null;

  constructor(@Inject(WORKER_PARTS) private readonly parts: WorkerParts) {
    const { config, log, ports, backend, outbox } = parts;
    [this.config, this.log, this.ports, this.backend] = [config, log, ports, backend];
    this.queues = new StageQueues(backend);
    this.dispatcher = new OutboxDispatcher({
      outbox,
      queues: this.queues,
      now: () => ports.clock.now(),
      databaseUrl: config.DATABASE_URL,
      onError: (error) => log.warn({ err: error }, 'outbox: trying again'),
    });
    this.trigger = new MarketTrigger({
      read: () => readPoolPrices(parts.client, parts.deployment.pools),
      store: ports.store,
      triggerBps: config.MOVE_TRIGGER_BPS,
      pollMs: config.MOVE_POLL_MS,
      onError: (error) => log.warn({ err: error }, 'price watch: trying again'),
      onMove: (bps) => log.info({ bps: Math.round(bps) }, 'price move: capture asked for'),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    const handlers = stageHandlers(this.ports);
    this.workers = startStageWorkers({
      backend: this.backend,
      stages: Object.keys(handlers) as WorkerStage[],
      handlers,
      outbox: this.parts.outbox,
      observer: stageObserver(this.log, this.parts.metrics),
    });
    await this.dispatcher.start();
    await this.queues.schedule('capture', this.config.CAPTURE_PERIOD_SEC * 1000);
    this.trigger.start();
    this.metricsTimer = setInterval(() => void this.measure(), METRICS_PERIOD_MS);
  }

  /** New work stops first; the jobs in hand end, a long computation is given up and its job tried again at the next start. */
  async onApplicationShutdown(): Promise<void> {
    if (this.metricsTimer !== null) clearInterval(this.metricsTimer);
    await this.trigger.stop();
    await this.dispatcher.stop();
    const jobsEnded = this.workers?.close();
    await Promise.race([jobsEnded, sleep(COMPUTATION_GRACE_MS, undefined, { ref: false })]);
    await this.parts.engine.close();
    await jobsEnded;
    await this.queues.close();
  }

  private async measure(): Promise<void> {
    try {
      for (const { stage, state, count } of await this.queues.counts()) {
        this.parts.metrics.queueJobs.set({ stage, state }, count);
      }
    } catch (error) {
      this.log.warn({ err: error }, 'queue counts are not available');
    }
  }
}
