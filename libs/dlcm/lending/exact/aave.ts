import { ExactMathError, requireAtLeast } from '../../amm/exact/index.js';
import { mulDivUp } from '../../amm/exact/integers.js';

const BPS = 10_000n;
const WAD = 1_000_000_000_000_000_000n;
const MAX_UINT256 = (1n << 256n) - 1n;
/** In force since Aave v3.3 (LiquidationLogic), roundings since v3.5: base currency has 8 decimals. */
const CLOSE_FACTOR_HF = 950_000_000_000_000_000n;
const FULL_CLOSE_BELOW = 2_000n * 100_000_000n;
const LEAST_LEFT = 1_000n * 100_000_000n;

/** One collateral of an account: value in the base currency and threshold in basis points. */
export interface AaveCollateral {
  readonly valueBase: bigint;
  readonly liquidationThresholdBps: bigint;
}

/**
 * Aave v3 health factor, times 1e18: sum(value x threshold) x 1e18 / debt (half up), then / 10,000 (GenericLogic). The largest
 * 256-bit integer without debt.
 *
 * @throws ExactMathError (DLCM-180) for a negative value
 * @example aaveHealthFactor({ collateral: [{ valueBase: 200n, liquidationThresholdBps: 8000n }], debtBase: 100n }) // 1.6e18
 */
export function aaveHealthFactor(input: {
  readonly collateral: readonly AaveCollateral[];
  readonly debtBase: bigint;
}): bigint {
  requireAtLeast('debtBase', input.debtBase, 0n);
  input.collateral.forEach((one, i) => {
    requireAtLeast(`collateral[${i}].valueBase`, one.valueBase, 0n);
    requireAtLeast(`collateral[${i}].liquidationThresholdBps`, one.liquidationThresholdBps, 0n);
  });
  if (input.debtBase === 0n) return MAX_UINT256;
  const weighted = input.collateral.reduce(
    (sum, one) => sum + one.valueBase * one.liquidationThresholdBps,
    0n,
  );
  return (weighted * WAD + input.debtBase / 2n) / input.debtBase / BPS;
}

/** One asset's side of a liquidation: what the account has of it, price in the base currency, 10^decimals. */
export interface AaveSide {
  readonly balance: bigint;
  readonly price: bigint;
  readonly unit: bigint;
}

export interface AaveLiquidationInput {
  readonly healthFactor: bigint;
  /** Of the whole account, base currency. */
  readonly totalCollateralBase: bigint;
  readonly totalDebtBase: bigint;
  readonly collateral: AaveSide;
  readonly debt: AaveSide;
  /** 10,500 pays a bonus of 5 %. */
  readonly liquidationBonusBps: bigint;
  /** Share of the bonus that the protocol keeps. */
  readonly protocolFeeBps: bigint;
  readonly debtToCover: bigint;
}

export interface AaveLiquidation {
  readonly debtRepaid: bigint;
  /** What the liquidator receives, the protocol's fee not included. */
  readonly collateralToLiquidator: bigint;
  readonly protocolFee: bigint;
  /** Debt booked as deficit because no collateral is left. */
  readonly deficit: bigint;
}

/**
 * One `liquidationCall` of Aave v3 as deployed since v3.5: half of the account's debt at most, unless either side of the pair
 * is worth less than 2,000 or health is at most 0.95; a liquidation may not leave less than 1,000 on a side; products of the
 * bonus round down, the protocol's fee and the debt for all collateral up; the fee comes out of the bonus; what is owed once no
 * collateral is left becomes a deficit (LiquidationLogic).
 *
 * @throws ExactMathError (DLCM-180): HEALTHY at health 1 or above, MUST_NOT_LEAVE_DUST, BAD_ARGUMENT
 */
export function aaveLiquidation(input: AaveLiquidationInput): AaveLiquidation {
  requireInput(input);
  const { collateral, debt } = input;
  const most = liquidatableDebt(input);
  const cover = input.debtToCover < most ? input.debtToCover : most;
  const base = (debt.price * cover * collateral.unit) / (collateral.price * debt.unit);
  const wanted = (base * input.liquidationBonusBps) / BPS;
  const all = wanted > collateral.balance;
  const seized = all ? collateral.balance : wanted;
  const debtRepaid = all ? debtForAll(input) : cover;
  const bonus = seized - (seized * BPS) / input.liquidationBonusBps;
  const protocolFee = mulDivUp(bonus, input.protocolFeeBps, BPS);
  requireNoDust(input, { debtRepaid, seized });
  const nothingLeft = (seized * collateral.price) / collateral.unit === input.totalCollateralBase;
  return {
    debtRepaid,
    collateralToLiquidator: seized - protocolFee,
    protocolFee,
    deficit: nothingLeft ? debt.balance - debtRepaid : 0n,
  };
}

function debtForAll({ collateral, debt, liquidationBonusBps }: AaveLiquidationInput): bigint {
  const worth = (collateral.price * collateral.balance * debt.unit) / (debt.price * collateral.unit);
  return mulDivUp(worth, BPS, liquidationBonusBps);
}

function liquidatableDebt(input: AaveLiquidationInput): bigint {
  const { collateral, debt } = input;
  const debtBase = mulDivUp(debt.balance, debt.price, debt.unit);
  const collateralBase = (collateral.balance * collateral.price) / collateral.unit;
  const whole =
    collateralBase < FULL_CLOSE_BELOW || debtBase < FULL_CLOSE_BELOW || input.healthFactor <= CLOSE_FACTOR_HF;
  const half = percentMul(input.totalDebtBase, BPS / 2n);
  return whole || debtBase <= half ? debt.balance : (half * debt.unit) / debt.price;
}

function requireNoDust(
  { collateral, debt }: AaveLiquidationInput,
  { debtRepaid, seized }: { readonly debtRepaid: bigint; readonly seized: bigint },
): void {
  if (debtRepaid >= debt.balance || seized >= collateral.balance) return;
  const debtLeft = mulDivUp(debt.balance - debtRepaid, debt.price, debt.unit);
  const collateralLeft = ((collateral.balance - seized) * collateral.price) / collateral.unit;
  if (debtLeft >= LEAST_LEFT && collateralLeft >= LEAST_LEFT) return;
  throw new ExactMathError(
    'MUST_NOT_LEAVE_DUST',
    'debtToCover',
    debtRepaid,
    'an amount that closes a side or leaves 1,000 on both',
  );
}

function requireInput(input: AaveLiquidationInput): void {
  if (input.healthFactor >= WAD)
    throw new ExactMathError('HEALTHY', 'healthFactor', input.healthFactor, 'a health below 1e18');
  requireAtLeast('debtToCover', input.debtToCover, 1n);
  requireAtLeast('liquidationBonusBps', input.liquidationBonusBps, BPS);
  requireAtLeast('protocolFeeBps', input.protocolFeeBps, 0n);
  for (const side of ['collateral', 'debt'] as const) {
    requireAtLeast(`${side}.balance`, input[side].balance, 0n);
    requireAtLeast(`${side}.price`, input[side].price, 1n);
    requireAtLeast(`${side}.unit`, input[side].unit, 1n);
  }
}

/** Half up, as PercentageMath. */
const percentMul = (value: bigint, bps: bigint): bigint => (value * bps + BPS / 2n) / BPS;
