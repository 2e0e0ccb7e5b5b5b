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
