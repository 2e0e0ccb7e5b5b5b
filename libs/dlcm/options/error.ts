import { DlcmError } from '../error.js';

/** A price no volatility can produce. `reason` tells on which side it lies. */
export class ImpliedVolError extends DlcmError {
  readonly code = 'DLCM-110';

  constructor(
    readonly reason: 'BELOW_INTRINSIC' | 'ABOVE_MAX',
    readonly price: number,
    readonly bound: number,
  ) {
    super(
      reason === 'BELOW_INTRINSIC'
        ? `Option price ${price} is below its discounted intrinsic value ${bound}. Check price, forward and discount.`
        : `Option price ${price} reaches or exceeds its upper bound ${bound}. Check price, forward and discount.`,
    );
  }
}

/** An argument of a pricing function lies outside its domain. */
export class OptionInputError extends DlcmError {
  readonly code = 'DLCM-111';
  readonly reason = 'BAD_ARGUMENT';

  constructor(
    readonly argument: string,
    readonly value: number,
    readonly accepted: string,
  ) {
    super(`${argument} is ${value}; accepted: ${accepted}.`);
  }
}

/** An option line whose volatility cannot be found, or a surface that cannot be evaluated. */
export class SurfaceError extends DlcmError {
  readonly code = 'DLCM-112';
  readonly reason = 'BAD_SNAPSHOT';

  constructor(
    readonly subject: string,
    readonly problem: string,
    remedy: string,
  ) {
    super(`${subject}: ${problem}. ${remedy}`);
  }
}
