/** The thread that computes ended in the middle of a request. */
export class EngineThreadError extends Error {
  readonly code = 'QUE-211';
  readonly retryable = true;

  constructor(
    readonly request: string,
    options?: ErrorOptions,
  ) {
    super(
      `The engine's thread ended during ${request}. The request is tried again on a new thread; if it recurs, give the process more memory.`,
      options,
    );
    this.name = 'EngineThreadError';
  }
}

/** A thread of a pool of scenarios ended in the middle of its work, or the pool was closed. */
export class ScenarioPoolError extends Error {
  readonly code = 'QUE-212';
  readonly retryable = true;

  constructor(
    readonly threads: number,
    options?: ErrorOptions,
  ) {
    super(
      `The pool of ${threads} threads ended before it had computed every scenario. Open a new pool and ask again; if it recurs, use fewer threads or give the process more memory.`,
      options,
    );
    this.name = 'ScenarioPoolError';
  }
}
