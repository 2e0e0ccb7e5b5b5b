import { ExactMathError, requireAtLeast } from '../../amm/exact/index.js';

/** Compound keeps fractions as mantissas: times 1e18, products rounded down. */
const EXP = 1_000_000_000_000_000_000n;

/**
 * cTokens that a Compound v2 liquidator receives: repay x incentive x price_b / (price_c x exchange rate), all mantissas
 * (Comptroller, liquidateCalculateSeizeTokens).
 *
 * @param input.repayAmount underlying base units of the borrowed asset
 * @throws ExactMathError (DLCM-180) for a price or rate of 0
 */
export function compoundSeizeTokens(input: {
  readonly repayAmount: bigint;
  readonly priceBorrowed: bigint;
  readonly priceCollateral: bigint;
  readonly exchangeRate: bigint;
  readonly liquidationIncentive: bigint;
}): bigint {
  requireAtLeast('repayAmount', input.repayAmount, 0n);
  for (const name of ['priceBorrowed', 'priceCollateral', 'exchangeRate', 'liquidationIncentive'] as const)
    requireAtLeast(name, input[name], 1n);
  const numerator = (input.liquidationIncentive * input.priceBorrowed) / EXP;
  const denominator = (input.priceCollateral * input.exchangeRate) / EXP;
  if (denominator === 0n)
    throw new ExactMathError('BAD_ARGUMENT', 'exchangeRate', input.exchangeRate, 'a rate that keeps a digit');
  const ratio = (numerator * EXP) / denominator;
  return (ratio * input.repayAmount) / EXP;
}

/** One market of a Compound account; mantissas. */
export interface CompoundPosition {
  readonly cTokens: bigint;
  readonly borrowed: bigint;
  readonly exchangeRate: bigint;
  readonly price: bigint;
  readonly collateralFactor: bigint;
}

/**
 * Liquidity or shortfall of a Compound v2 account: sum of cTokens x factor x rate x price against sum of debts x price
 * (Comptroller, getHypotheticalAccountLiquidity). One of the two is 0.
 *
 * @throws ExactMathError (DLCM-180) for a negative number or a price of 0
 */
export function compoundAccountLiquidity(positions: readonly CompoundPosition[]): {
  readonly liquidity: bigint;
  readonly shortfall: bigint;
} {
  let collateral = 0n;
  let debt = 0n;
  positions.forEach((position, i) => {
    for (const name of ['cTokens', 'borrowed', 'exchangeRate', 'collateralFactor'] as const)
      requireAtLeast(`positions[${i}].${name}`, position[name], 0n);
    requireAtLeast(`positions[${i}].price`, position.price, 1n);
    const weight = mulExp(mulExp(position.collateralFactor, position.exchangeRate), position.price);
    collateral += mulExp(weight, position.cTokens);
    debt += mulExp(position.price, position.borrowed);
  });
  return collateral > debt
    ? { liquidity: collateral - debt, shortfall: 0n }
    : { liquidity: 0n, shortfall: debt - collateral };
}

/** Product of mantissas, rounded down (ExponentialNoError). */
const mulExp = (a: bigint, b: bigint): bigint => (a * b) / EXP;
