/** A broken promise of the database. `retryable` says whether the same call may succeed later. */
export abstract class PersistenceError extends Error {
  abstract readonly code: string;
  abstract readonly retryable: boolean;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The server stayed away longer than the store is willing to wait. */
export class DatabaseUnreachableError extends PersistenceError {
  override readonly code = 'DB-201';
  override readonly retryable = true;

  constructor(
    readonly waitedMs: number,
    cause: unknown,
  ) {
    super(
      `The database did not answer for ${waitedMs} ms. Check that it runs and that DATABASE_URL names it; nothing was lost.`,
      {
        cause,
      },
    );
  }
}

/** Another writer appended to the stream first. */
export class ConcurrentAppendError extends PersistenceError {
  override readonly code = 'DB-202';
  override readonly retryable = true;

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

/** A migration that was applied has another text now. */
export class MigrationChangedError extends PersistenceError {
  override readonly code = 'DB-203';
  override readonly retryable = false;

  constructor(
    readonly migration: string,
    readonly applied: string,
    readonly found: string,
  ) {
    super(
      `Migration ${migration} was applied with checksum ${applied} and has ${found} now. Restore its file and add a new migration instead.`,
    );
  }
}

/** The database knows a migration that this build does not: it was written by a newer release. */
export class NewerDatabaseError extends PersistenceError {
  override readonly code = 'DB-204';
  override readonly retryable = false;

  constructor(readonly migration: string) {
    super(
      `The database has migration ${migration}, which this build does not know. Run the newer release, or use another database.`,
    );
  }
}

/** Another tool began a migration and did not finish it. */
export class UnfinishedMigrationError extends PersistenceError {
  override readonly code = 'DB-205';
  override readonly retryable = false;

  constructor(readonly migration: string) {
    super(
      `Migration ${migration} was begun and not finished. Repair the database, then mark it with "prisma migrate resolve".`,
    );
  }
}

/** A migration's own SQL failed; nothing of it was kept. */
export class MigrationFailedError extends PersistenceError {
  override readonly code = 'DB-206';
  override readonly retryable = false;

  constructor(
    readonly migration: string,
    cause: unknown,
  ) {
    super(
      `Migration ${migration} failed and was rolled back: ${cause instanceof Error ? cause.message : String(cause)}.`,
      { cause },
    );
  }
}
