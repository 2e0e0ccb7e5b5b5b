import { Worker } from 'node:worker_threads';
import type { RiskEngine } from '#libs/application/index';
import { EngineThreadError } from './compute-error.js';
import {
  fromFailure,
  type EngineAnswer,
  type EngineInputs,
  type EngineMethod,
  type EngineRequest,
} from './engine-requests.js';

interface Waiting {
  readonly method: EngineMethod;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

type EngineQuestion = {
  readonly [M in EngineMethod]: { readonly method: M; readonly input: EngineInputs[M] };
}[EngineMethod];

const THREAD = new URL('./engine-thread.js', import.meta.url);

/** A thread with its open requests. A thread that dies or is closed fails them; unless closed, the next gets a new thread. */
class EngineThread {
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private closed = false;

  constructor(private readonly engineVersion: string) {}

  ask(request: EngineQuestion): Promise<unknown> {
    if (this.closed) return Promise.reject(new EngineThreadError(request.method));
    const worker = (this.worker ??= this.start());
    const id = (this.lastId += 1);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { method: request.method, resolve, reject });
      worker.postMessage({ ...request, id } satisfies EngineRequest);
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    const worker = this.worker;
    this.worker = null;
    await worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(THREAD, { workerData: { engineVersion: this.engineVersion } });
    worker.on('message', (answer: EngineAnswer) => this.settle(answer));
    worker.on('error', (cause) => this.failAll(worker, cause));
    worker.on('exit', () => this.failAll(worker));
    return worker;
  }

  private settle(answer: EngineAnswer): void {
    const request = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (answer.ok) request?.resolve(answer.result);
    else request?.reject(fromFailure(answer.error));
  }

  private failAll(worker: Worker, cause?: unknown): void {
    if (this.worker === worker) this.worker = null;
    for (const { method, reject } of this.waiting.values()) reject(new EngineThreadError(method, { cause }));
    this.waiting.clear();
  }
}

export type ThreadedEngine = RiskEngine & { close(): Promise<void> };

/**
 * The engine in a thread of its own: a computation of many seconds neither delays a signal nor lets the queue believe that
 * this process died.
 */
export function threadedEngine(engineVersion: string): ThreadedEngine {
  const thread = new EngineThread(engineVersion);
  type Result<M extends EngineMethod> = Awaited<ReturnType<RiskEngine[M]>>;
  return {
    engineVersion,
    evaluate: async (input) => (await thread.ask({ method: 'evaluate', input })) as Result<'evaluate'>,
    searchRemedy: async (input) =>
      (await thread.ask({ method: 'searchRemedy', input })) as Result<'searchRemedy'>,
    thresholdWithout: async (input) =>
      (await thread.ask({ method: 'thresholdWithout', input })) as Result<'thresholdWithout'>,
    close: () => thread.close(),
  };
}
