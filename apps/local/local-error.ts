/** A broken promise of the local world. `code` is stable; the message says what happened, what is accepted and what to do. */
export class LocalWorldError extends Error {
  constructor(
    readonly code: `LOC-${number}`,
    message: string,
    readonly fields: Readonly<Record<string, unknown>> = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'LocalWorldError';
  }
}
