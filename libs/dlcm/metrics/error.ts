import { DlcmError } from '../error.js';

/** An argument of a risk metric lies outside its domain. */
export class MetricInputError extends DlcmError {
  readonly code = 'DLCM-130';
  readonly reason = 'BAD_ARGUMENT';

  constructor(
    readonly argument: string,
    readonly value: number | string,
    readonly accepted: string,
  ) {
    super(`${argument} is ${value}; accepted: ${accepted}.`);
  }
}
