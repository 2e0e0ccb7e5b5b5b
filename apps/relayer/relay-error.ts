/** What stops the relayer from acting now. `retryable`: nothing is lost, the next round tries again. */
export class RelayError extends Error {
  constructor(
    readonly code: `RLY-${number}`,
    message: string,
    readonly retryable: boolean,
    readonly fields: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'RelayError';
  }
}
