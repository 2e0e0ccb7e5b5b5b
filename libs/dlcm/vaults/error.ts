import { DlcmError } from '../error.js';

/** An argument of a vault formula lies outside its domain. */
export class VaultInputError extends DlcmError {
  readonly code = 'DLCM-160';
  readonly reason = 'BAD_ARGUMENT';

  constructor(
    readonly argument: string,
    readonly value: number,
    readonly accepted: string,
  ) {
    super(`${argument} is ${value}; accepted: ${accepted}.`);
  }
}

/** @throws VaultInputError unless the value is finite and at least 0 */
export function requireNotNegative(argument: string, value: number): void {
  if (!(value >= 0 && value < Infinity))
    throw new VaultInputError(argument, value, 'a finite number of at least 0');
}

/** @throws VaultInputError unless the value lies in [0, 1] */
export function requireShare(argument: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new VaultInputError(argument, value, 'a share in [0, 1]');
}

/** @throws VaultInputError unless the value is finite */
export function requireFinite(argument: string, value: number): void {
  if (!(Math.abs(value) < Infinity)) throw new VaultInputError(argument, value, 'a finite number');
}
