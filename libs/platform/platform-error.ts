/** A broken promise of the process's surroundings. `code` is stable; the message says what to do. */
export abstract class PlatformError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No embedded PostgreSQL can run here: no package for the platform, or a system library it needs is absent. */
export class EmbeddedPostgresUnavailableError extends PlatformError {
  override readonly code = 'DB-101';

  constructor(
    readonly platform: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `No embedded PostgreSQL for ${platform}: ${reason}. Set DATABASE_URL (PostgreSQL 13+), and optionally REDIS_URL (Redis 6.2+).`,
      options,
    );
  }
}

/** PostgreSQL was found but did not come up. */
export class EmbeddedPostgresStartError extends PlatformError {
  override readonly code = 'DB-102';

  constructor(
    readonly dataFolder: string,
    readonly output: string,
  ) {
    super(
      `PostgreSQL did not start on ${dataFolder}. It said:\n${output}\nMove that folder away to begin with a new database.`,
    );
  }
}

/** The data folder serves a living process of another command. */
export class DataFolderInUseError extends PlatformError {
  override readonly code = 'DB-103';

  constructor(
    readonly dataFolder: string,
    readonly ownerPid: number,
  ) {
    super(
      `${dataFolder} is in use by process ${ownerPid}. Stop that process first, or start with another data folder.`,
    );
  }
}

/** Root starts PostgreSQL as an ordinary account, and there is none. */
export class NoUnprivilegedAccountError extends PlatformError {
  override readonly code = 'DB-104';

  constructor(readonly looked: readonly string[]) {
    super(
      `PostgreSQL refuses to run as root and none of the accounts ${looked.join(', ')} exists. Run as an ordinary user, or set DATABASE_URL.`,
    );
  }
}
