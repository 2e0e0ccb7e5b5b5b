type Fields = Readonly<Record<string, unknown>>;

/** Something that a snapshot needs could not be read. `retryable` says whether the same capture may succeed later unchanged. */
export class SourceError extends Error {
  constructor(
    readonly code: `SRC-${number}`,
    message: string,
    readonly fields: Fields = {},
    options: ErrorOptions & { readonly retryable?: boolean } = {},
  ) {
    super(message, options);
    this.name = 'SourceError';
    this.retryable = options.retryable ?? false;
  }
  readonly retryable: boolean;
}
