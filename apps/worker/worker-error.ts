/** A job that names no artefact although its stage needs one. */
export class JobWithoutArtefactError extends Error {
  readonly code = 'QUE-201';
  readonly retryable = false;

  constructor(
    readonly stage: string,
    readonly jobId: string,
  ) {
    super(
      `Job ${jobId} of stage ${stage} names no artefact. Every stage but capture needs one; ask for the job again with its artefact.`,
    );
    this.name = 'JobWithoutArtefactError';
  }
}

/** The thread that computes ended in the middle of a request. */
export class EngineThreadError extends Error {
  readonly code = 'QUE-202';
  readonly retryable = true;

  constructor(
    readonly request: string,
    options?: ErrorOptions,
  ) {
    super(
      `The engine's thread ended during ${request}. The job is tried again on a new thread; if it recurs, give the process more memory.`,
      options,
    );
    this.name = 'EngineThreadError';
  }
}
