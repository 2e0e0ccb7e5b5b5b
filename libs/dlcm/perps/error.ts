import { DlcmError } from '../error.js';

/** An argument of a perpetuals formula lies outside its domain. */
export class PerpInputError extends DlcmError {
  readonly code = 'DLCM-161';
  readonly reason = 'BAD_ARGUMENT';

  constructor(
    readonly argument: string,
    readonly value: number,
    readonly accepted: string,
  ) {
    super(`${argument} is ${value}; accepted: ${accepted}.`);
  }
}

/** @throws PerpInputError unless the value is finite */
export function requireFinite(argument: string, value: number): void {
  if (!(Math.abs(value) < Infinity)) throw new PerpInputError(argument, value, 'a finite number');
}

/** @throws PerpInputError unless the value is finite and above 0 */
export function requirePositive(argument: string, value: number): void {
  if (!(value > 0 && value < Infinity)) throw new PerpInputError(argument, value, 'a finite number above 0');
}
