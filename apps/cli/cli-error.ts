/** A command that cannot do its work. */
export class CliError extends Error {
  constructor(
    readonly code: `CLI-${number}`,
    message: string,
    readonly fields: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CliError';
  }
}
