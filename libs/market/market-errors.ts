/** One thing wrong with a snapshot. */
export interface SnapshotIssue {
  /** JSON pointer (RFC 6901) of the field. */
  readonly pointer: string;
  /** The offending value, shortened. */
  readonly value: string;
  /** What would be accepted there. */
  readonly accepted: string;
  /** One sentence: what is wrong and what to do. */
  readonly message: string;
}

const LISTED = 50;

/** A snapshot is not valid. `issues` names up to 50 bad fields, `total` counts all of them. */
export class SnapshotError extends Error {
  readonly code = 'MKT-101';
  readonly issues: readonly SnapshotIssue[];
  readonly total: number;
  constructor(issues: readonly SnapshotIssue[]) {
    const listed = issues.slice(0, LISTED);
    const rest = issues.length - listed.length;
    const lines = listed.map((issue) => `${issue.pointer}: ${issue.message}`);
    if (rest > 0) lines.push(`and ${rest} more.`);
    super(`The snapshot is not valid (${issues.length} problems).\n${lines.join('\n')}`);
    this.name = 'SnapshotError';
    this.issues = listed;
    this.total = issues.length;
  }
}

/** A chunk of an encoded snapshot is missing, altered, truncated or not canonical. `chunk` is its index, -1 for the whole. */
export class SnapshotChunkError extends Error {
  readonly code = 'MKT-102';
  constructor(
    readonly chunk: number,
    readonly found: string,
    accepted: string,
    options?: ErrorOptions,
  ) {
    super(
      `Chunk ${chunk} of the snapshot: found ${found}; accepted: ${accepted}. Fetch the bundle again from another source.`,
      options,
    );
    this.name = 'SnapshotChunkError';
  }
}

/** A snapshot file is larger than this build reads into memory. */
export class SnapshotTooLargeError extends Error {
  readonly code = 'MKT-103';
  constructor(
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(
      `The snapshot has ${bytes} bytes; files up to ${limit} bytes are read. Split the market or pass the encoded bundle.`,
    );
    this.name = 'SnapshotTooLargeError';
  }
}

/** Bytes are not a snapshot in Arrow form. `table` and `column` name the place, as far as it was known ('' otherwise). */
export class SnapshotArrowError extends Error {
  readonly code = 'MKT-104';
  constructor(
    readonly table: string,
    readonly column: string,
    readonly found: string,
    accepted: string,
    options?: ErrorOptions,
  ) {
    const place = [table && `table ${table}`, column && `column ${column}`].filter(Boolean).join(', ');
    super(
      `Arrow snapshot${place && `, ${place}`}: found ${found}; accepted: ${accepted}. Write it again with "srd convert", or pass the JSON.`,
      options,
    );
    this.name = 'SnapshotArrowError';
  }
}
