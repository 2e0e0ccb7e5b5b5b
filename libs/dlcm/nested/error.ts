import { DlcmError } from '../error.js';

/** An argument of a nested-price function lies outside its domain. */
export class NestedInputError extends DlcmError {
  readonly code = 'DLCM-170';
  readonly reason = 'BAD_ARGUMENT';

  constructor(
    readonly argument: string,
    readonly value: number,
    readonly accepted: string,
  ) {
    super(`${argument} is ${value}; accepted: ${accepted}.`);
  }
}

/** @throws NestedInputError unless the value is finite and above 0 */
export function requirePositive(argument: string, value: number): void {
  if (!(value > 0 && value < Infinity))
    throw new NestedInputError(argument, value, 'a finite number above 0');
}

/** @throws NestedInputError unless the value is finite and at least 0 */
export function requireNotNegative(argument: string, value: number): void {
  if (!(value >= 0 && value < Infinity))
    throw new NestedInputError(argument, value, 'a finite number of at least 0');
}
