import { DlcmError } from '../../error.js';

/** Why a contract would have reverted, in the contract's own word where it has one. */
export type ExactReason =
  | 'BAD_ARGUMENT'
  | 'OVERFLOW'
  | 'NO_LIQUIDITY'
  | 'SPL'
  | 'OLD'
  | 'NO_CONVERGENCE'
  | 'HEALTHY'
  | 'MUST_NOT_LEAVE_DUST';

/** An exact replica of a contract was given what the contract refuses. */
export class ExactMathError extends DlcmError {
  readonly code = 'DLCM-180';

  constructor(
    readonly reason: ExactReason,
    readonly argument: string,
    readonly value: bigint | string,
    readonly accepted: string,
  ) {
    super(`${argument} is ${value} (${reason}); accepted: ${accepted}.`);
  }
}

/** @throws ExactMathError unless the value is an integer of at least `least` */
export function requireAtLeast(argument: string, value: bigint, least: bigint): void {
  if (typeof value !== 'bigint' || value < least)
    throw new ExactMathError('BAD_ARGUMENT', argument, String(value), `an integer of at least ${least}`);
}

/** @throws ExactMathError when the value does not fit in so many bits, unsigned */
export function requireFits(argument: string, value: bigint, bits: number): void {
  requireAtLeast(argument, value, 0n);
  if (value >> BigInt(bits) !== 0n)
    throw new ExactMathError('OVERFLOW', argument, value, `an integer below 2^${bits}`);
}
