/** A broken promise at the chain's edge. `code` is stable; the message says what happened, what is accepted and what to do. */
export class ChainError extends Error {
  constructor(
    readonly code: `CHN-${number}`,
    message: string,
    readonly fields: Readonly<Record<string, unknown>> = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'ChainError';
  }
}
