/** A broken promise of the queue. */
export abstract class QueueError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A stage without a handler would leave its jobs waiting for ever; two handlers would race. */
export class StageHandlerError extends QueueError {
  override readonly code = 'QUE-101';

  constructor(
    readonly missing: readonly string[],
    readonly unexpected: readonly string[],
  ) {
    super(
      `Each stage has exactly one handler. Missing: ${missing.join(', ') || 'none'}. Not a stage of this process: ${
        unexpected.join(', ') || 'none'
      }. Correct the wiring of the process.`,
    );
  }
}

/** The queue's server did not answer while the process started. */
export class QueueUnreachableError extends QueueError {
  override readonly code = 'QUE-102';

  constructor(
    readonly backend: 'postgres' | 'redis',
    readonly waitedMs: number,
    cause: unknown,
  ) {
    super(
      `The job queue on ${backend} did not answer for ${waitedMs} ms. Check that the server of ${
        backend === 'redis' ? 'REDIS_URL' : 'DATABASE_URL'
      } runs.`,
      { cause },
    );
  }
}
