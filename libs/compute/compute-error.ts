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
