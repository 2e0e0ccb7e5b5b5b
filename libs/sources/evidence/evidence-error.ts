/** Published evidence that cannot be fetched or is not what its digest says. */
export class EvidenceError extends Error {
  constructor(
    readonly code: 'SRC-401' | 'SRC-402' | 'SRC-403' | 'SRC-404',
    message: string,
    /** True when asking again may help: the place was down or slow. */
    readonly retryable: boolean,
    readonly fields: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'EvidenceError';
  }
}
