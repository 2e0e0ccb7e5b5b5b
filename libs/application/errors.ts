import type { ArtefactKind, Digest } from './artefacts.js';

/** A broken promise of the line. `retryable` says whether the same job may succeed later. */
export abstract class LineError extends Error {
  abstract readonly code: string;
  abstract readonly retryable: boolean;
  override get name(): string {
    return this.constructor.name;
  }
}

/** A job or request names an artefact that the store does not hold. */
export class MissingArtefactError extends LineError {
  readonly code = 'APP-101';
  readonly retryable = false;
  constructor(
    readonly kind: ArtefactKind,
    readonly id: Digest,
  ) {
    super(
      `There is no ${kind} ${id} in the store. A job is written together with its artefact; check that both come from one database.`,
    );
  }
}

/** A chunk of a stored snapshot is gone. */
export class MissingChunkError extends LineError {
  readonly code = 'APP-102';
  readonly retryable = false;
  constructor(
    readonly snapshot: Digest,
    readonly chunk: Digest,
  ) {
    super(`Snapshot ${snapshot} lacks its chunk ${chunk}. Restore the chunk, or capture again.`);
  }
}

/** Another writer appended to the stream first. */
export class ConcurrentAppendError extends LineError {
  readonly code = 'DB-202';
  readonly retryable = true;
  constructor(
    readonly stream: string,
    readonly expectedLength: number,
    readonly actualLength: number,
  ) {
    super(
      `Stream ${stream} holds ${actualLength} events, not ${expectedLength}. Read it again and decide anew.`,
    );
  }
}

/** A job needs an artefact of another kind than it names. */
export class JobArtefactError extends LineError {
  readonly code = 'APP-103';
  readonly retryable = false;
  constructor(
    readonly queue: string,
    readonly artefact: Digest | null,
  ) {
    super(
      `A ${queue} job cannot work on ${artefact ?? 'no artefact'}. See StageQueue for what each queue takes.`,
    );
  }
}
