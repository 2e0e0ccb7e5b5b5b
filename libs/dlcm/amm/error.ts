import { DlcmError } from '../error.js';

/** No venue of the asset holds any liquidity, so a price or a depth does not exist. */
export class NoLiquidityError extends DlcmError {
  readonly code = 'DLCM-120';
  readonly reason = 'NO_LIQUIDITY';

  constructor(readonly base: string | null) {
    super(
      `${base === null ? 'No pool was given' : `Asset "${base}" has no liquidity in any venue`}. Add a pool with liquidity that prices it, or drop its positions.`,
    );
  }
}

/** A pool that the venue model cannot take: wrong kind for this level, other pair, or numbers out of range. */
export class VenueError extends DlcmError {
  readonly code = 'DLCM-121';
  readonly reason = 'BAD_SNAPSHOT';

  constructor(
    readonly poolId: string,
    readonly field: string,
    readonly value: string,
    readonly accepted: string,
  ) {
    super(`Pool "${poolId}": ${field} is ${value}; accepted: ${accepted}. Correct the pool or drop it.`);
  }
}

/** A price, quantity or share given to a venue function lies outside its domain. */
export class VenueArgumentError extends DlcmError {
  readonly code = 'DLCM-122';
  readonly reason = 'BAD_ARGUMENT';

  constructor(
    readonly argument: string,
    readonly value: number,
    readonly accepted: string,
  ) {
    super(`${argument} is ${value}; accepted: ${accepted}.`);
  }
}
