import { ExactMathError, requireAtLeast } from './error.js';

/** A Curve pool: amplification A in the contract's convention (Ann = A n) and balances at one precision. */
export interface StableBalances {
  readonly amplification: bigint;
  readonly balances: readonly bigint[];
}

const MAX_STEPS = 255;
const FEE_ONE = 10_000_000_000n;
const WAD = 1_000_000_000_000_000_000n;

/**
 * Invariant D of a StableSwap pool by the contract's own integer Newton steps, stopped at a change of at most 1
 * (Egorov 2019; curve-contract, get_D).
 *
 * @throws ExactMathError (DLCM-180): NO_LIQUIDITY for a balance of 0 beside others, NO_CONVERGENCE after 255 steps
 * @example stableswapD({ amplification: 100n, balances: [10n ** 24n, 10n ** 24n] }) // 2n * 10n ** 24n
 */
export function stableswapD({ amplification, balances }: StableBalances): bigint {
  const n = requireBalances({ amplification, balances });
  const sum = balances.reduce((total, balance) => total + balance, 0n);
  if (sum === 0n) return 0n;
  const ann = amplification * n;
  let d = sum;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    let product = d;
    for (const balance of balances) product = (product * d) / (balance * n);
    const before = d;
    d = ((ann * sum + product * n) * d) / ((ann - 1n) * d + (n + 1n) * product);
    if (distance(d, before) <= 1n) return d;
  }
  throw new ExactMathError('NO_CONVERGENCE', 'D', d, 'balances for which Newton settles within 255 steps');
}

/**
 * Balance of coin j at which the invariant holds once coin i has balance x (curve-contract, get_y).
 *
 * @throws ExactMathError (DLCM-180): BAD_ARGUMENT for equal or unknown coins, NO_CONVERGENCE after 255 steps
 */
export function stableswapY(
  input: StableBalances & { readonly i: number; readonly j: number; readonly x: bigint },
): bigint {
  const { amplification, balances, i, j, x } = input;
  const n = requireBalances(input);
  requireCoins(balances, i, j);
  requireAtLeast('x', x, 1n);
  const d = stableswapD(input);
  const ann = amplification * n;
  let c = d;
  let sum = 0n;
  balances.forEach((balance, k) => {
    if (k === j) return;
    const held = k === i ? x : balance;
    sum += held;
    c = (c * d) / (held * n);
  });
  c = (c * d) / (ann * n);
  const b = sum + d / ann;
  let y = d;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const before = y;
    y = (y * y + c) / (2n * y + b - d);
    if (distance(y, before) <= 1n) return y;
  }
  throw new ExactMathError('NO_CONVERGENCE', 'y', y, 'balances for which Newton settles within 255 steps');
}

/**
 * Output of an exchange in coin j's own units, fee taken from it: (xp_j - y - 1) less the fee, turned back by the rate
 * (curve-contract, exchange).
 *
 * @param input.rates multipliers to a common precision, times 1e18: 1e18 for an 18-decimals coin, 1e30 for a 6-decimals one
 * @param input.fee in 1e-10
 * @throws ExactMathError (DLCM-180) as `stableswapY`
 */
export function stableswapExchangeRaw(input: {
  readonly amplification: bigint;
  readonly balances: readonly bigint[];
  readonly rates: readonly bigint[];
  readonly fee: bigint;
  readonly i: number;
  readonly j: number;
  readonly dx: bigint;
}): bigint {
  const { amplification, balances, rates, fee, i, j, dx } = input;
  requireCoins(balances, i, j);
  requireAtLeast('dx', dx, 1n);
  if (rates.length !== balances.length)
    throw new ExactMathError('BAD_ARGUMENT', 'rates', `${rates.length} rates`, `${balances.length} rates`);
  if (fee < 0n || fee >= FEE_ONE)
    throw new ExactMathError('BAD_ARGUMENT', 'fee', fee, 'a share of 1e10 in [0, 1e10)');
  rates.forEach((rate, k) => requireAtLeast(`rates[${k}]`, rate, 1n));
  const scaled = balances.map((balance, k) => (balance * rates[k]!) / WAD);
  const x = scaled[i]! + (dx * rates[i]!) / WAD;
  const y = stableswapY({ amplification, balances: scaled, i, j, x });
  const gross = scaled[j]! - y - 1n;
  if (gross < 0n) return 0n;
  return ((gross - (gross * fee) / FEE_ONE) * WAD) / rates[j]!;
}

/**
 * Virtual price of a pool share: D / supply, times 1e18.
 *
 * @throws ExactMathError (DLCM-180) without supply
 */
export function stableswapVirtualPrice(input: StableBalances & { readonly supply: bigint }): bigint {
  requireAtLeast('supply', input.supply, 1n);
  return (stableswapD(input) * WAD) / input.supply;
}

const distance = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);

function requireBalances({ amplification, balances }: StableBalances): bigint {
  requireAtLeast('amplification', amplification, 1n);
  if (balances.length < 2)
    throw new ExactMathError('BAD_ARGUMENT', 'balances', `${balances.length} coins`, 'at least two coins');
  const empty = balances.every((balance) => balance === 0n);
  balances.forEach((balance, k) => {
    requireAtLeast(`balances[${k}]`, balance, 0n);
    if (balance === 0n && !empty)
      throw new ExactMathError('NO_LIQUIDITY', `balances[${k}]`, balance, 'a balance above 0');
  });
  return BigInt(balances.length);
}

function requireCoins(balances: readonly bigint[], i: number, j: number): void {
  for (const [name, coin] of [
    ['i', i],
    ['j', j],
  ] as const) {
    if (balances[coin] === undefined)
      throw new ExactMathError('BAD_ARGUMENT', name, `${coin}`, `a coin from 0 to ${balances.length - 1}`);
  }
  if (i === j) throw new ExactMathError('BAD_ARGUMENT', 'j', `${j}`, `another coin than ${i}`);
}
