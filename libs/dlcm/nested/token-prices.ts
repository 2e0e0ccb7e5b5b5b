import { NestedInputError, requireNotNegative, requirePositive } from './error.js';

/**
 * USD price of a liquid staking token: underlying x redemption rate x (1 - discount) (MODEL 4.6).
 *
 * @param input.redemptionRate underlying tokens that one token is redeemed for
 * @param input.discount share below redemption value at which the token trades, in [0, 1)
 * @throws NestedInputError (DLCM-170)
 * @example lstPrice({ underlyingPrice: 3000, redemptionRate: 1.2, discount: 0.05 }) // 3420
 */
export function lstPrice(input: {
  readonly underlyingPrice: number;
  readonly redemptionRate: number;
  readonly discount: number;
}): number {
  requirePositive('underlyingPrice', input.underlyingPrice);
  requirePositive('redemptionRate', input.redemptionRate);
  if (!(input.discount >= 0 && input.discount < 1))
    throw new NestedInputError('discount', input.discount, 'a share in [0, 1)');
  return input.underlyingPrice * input.redemptionRate * (1 - input.discount);
}

/**
 * Fair USD price of one share of a constant product pool: 2 sqrt(r0 r1 p0 p1) / supply, the value of the pool once it is
 * arbitraged to outside prices; no trade inside the pool moves it (Alpha Finance, "Fair LP token pricing", 2020; MODEL 4.6).
 *
 * @param input reserves in whole tokens, prices in USD per token, supply in shares
 * @throws NestedInputError (DLCM-170)
 * @example fairLpPrice({ reserve0: 10, reserve1: 20_000, price0: 2000, price1: 1, supply: 100 }) // 400
 */
export function fairLpPrice(input: {
  readonly reserve0: number;
  readonly reserve1: number;
  readonly price0: number;
  readonly price1: number;
  readonly supply: number;
}): number {
  for (const name of ['reserve0', 'reserve1', 'price0', 'price1', 'supply'] as const)
    requirePositive(name, input[name]);
  const root = Math.sqrt(input.reserve0) * Math.sqrt(input.reserve1);
  return (2 * root * Math.sqrt(input.price0) * Math.sqrt(input.price1)) / input.supply;
}

/**
 * USD price of a lending receipt: underlying x exchange rate x (1 - socialised loss / supplied) (MODEL 4.6).
 *
 * @param input.socialisedLossUsd loss that falls on the suppliers, at most what they supplied
 * @throws NestedInputError (DLCM-170)
 * @example receiptTokenPrice({ underlyingPrice: 1, exchangeRate: 1.1, socialisedLossUsd: 5, suppliedUsd: 100 }) // 1.045
 */
export function receiptTokenPrice(input: {
  readonly underlyingPrice: number;
  readonly exchangeRate: number;
  readonly socialisedLossUsd: number;
  readonly suppliedUsd: number;
}): number {
  requirePositive('underlyingPrice', input.underlyingPrice);
  requirePositive('exchangeRate', input.exchangeRate);
  requirePositive('suppliedUsd', input.suppliedUsd);
  requireNotNegative('socialisedLossUsd', input.socialisedLossUsd);
  const left = Math.max(0, 1 - input.socialisedLossUsd / input.suppliedUsd);
  return input.underlyingPrice * input.exchangeRate * left;
}
