import { exp } from '#libs/numeric/index';
import type { StableSwapPool } from '#libs/market/index';
import { VenueError } from './error.js';
import type { LiquidityRow } from './venue.js';

/** Prices between which the curve is laid out, as multiples of the reference price (the router's own bounds); steps on each side. */
const LOWEST = 1e-4;
const HIGHEST = 1e4;
const CELLS = 16_384;
const HALVINGS = 60;
const NEWTON_STEPS = 255;

/** The trading curve of a base and a quote coin with all other coins of the pool held fixed, in balances times rates. */
export interface StableCurve {
  /** Fee-exclusive price at the snapshot, quote per base in tokens. */
  readonly price: number;
  /** Base at the snapshot, times its rate. */
  readonly base: number;
  /** Quote that stands against this much base, both times rates; the curve is symmetric, so it gives base for quote too. */
  readonly quoteAt: (base: number) => number;
  /** Price at a point of the curve, times rates. */
  readonly priceOf: (base: number, quote: number) => number;
  readonly baseRate: number;
  readonly quoteRate: number;
}

/**
 * The StableSwap invariant Ann S + D = Ann D + D^(n+1) / (n^n prod x), Ann = A n (Egorov 2019; contract convention of A),
 * for the pair that the pool trades here: with the other coins fixed, y solves y^2 + (b - D) y = c, b = S' + D / Ann,
 * c = D^(n+1) / (n^n P' Ann), S' and P' over all coins but y; the price is
 * (Ann + D^(n+1) / (n^n P x)) / (Ann + D^(n+1) / (n^n P y)), P over all coins.
 *
 * @throws VenueError for a coin that is missing or not positive, or an amplification that is not positive
 */
export function stableCurve(pool: StableSwapPool): StableCurve {
  const coinOf = (asset: string) => {
    const coin = pool.coins.find((candidate) => candidate.asset === asset);
    if (coin === undefined)
      throw new VenueError(pool.id, 'coins', pool.coins.map((c) => c.asset).join(', '), asset);
    return coin;
  };
  for (const { balance, rate } of pool.coins) {
    if (!(balance > 0 && rate > 0 && balance * rate < Infinity))
      throw new VenueError(pool.id, 'coins', `${balance} x ${rate}`, 'finite balances and rates above 0');
  }
  if (!(pool.amplification > 0 && pool.amplification < Infinity))
    throw new VenueError(pool.id, 'amplification', `${pool.amplification}`, 'a finite number above 0');
  const [base, quote] = [coinOf(pool.base), coinOf(pool.quote)];
  const ann = pool.amplification * pool.coins.length;
  const scaled = [...pool.coins]
    .sort((a, b) => (a.asset < b.asset ? -1 : 1))
    .map((coin) => coin.balance * coin.rate);
  const d = invariant(scaled, ann);
  const others = pool.coins
    .filter((coin) => coin !== base && coin !== quote)
    .map((coin) => coin.balance * coin.rate);
  others.sort((a, b) => a - b);
  const otherSum = others.reduce((sum, x) => sum + x, 0);
  // D^(n+1) / (n^n P'), the other coins' part of it: D^3 / 4 for two coins.
  const n = pool.coins.length;
  const weight = others.reduce((product, x) => product * (d / (n * x)), (d / n) * (d / n) * d);
  const quoteAt = (x: number): number => {
    const half = (otherSum + x + d / ann - d) / 2;
    const c = weight / x / ann;
    const root = Math.sqrt(half * half + c);
    return half > 0 ? c / (half + root) : root - half;
  };
  const priceOf = (x: number, y: number): number =>
    (ann + weight / (x * x * y)) / (ann + weight / (x * y * y));
  const held = base.balance * base.rate;
  return {
    price: (priceOf(held, quoteAt(held)) * base.rate) / quote.rate,
    base: held,
    quoteAt,
    priceOf,
    baseRate: base.rate,
    quoteRate: quote.rate,
  };
}

/** D of scaled balances, by the contracts' Newton iteration in doubles. */
function invariant(balances: readonly number[], ann: number): number {
  const n = balances.length;
  const sum = balances.reduce((total, x) => total + x, 0);
  let d = sum;
  for (let i = 0; i < NEWTON_STEPS; i += 1) {
    const product = balances.reduce((p, x) => p * (d / (n * x)), d);
    const next = ((ann * sum + product * n) * d) / ((ann - 1) * d + (n + 1) * product);
    if (next === d || Math.abs(next - d) <= 1e-16 * d) return next;
    d = next;
  }
  return d;
}

/**
 * A StableSwap pool as 32,769 ranges of constant liquidity: in equal steps of the logarithm of whichever coin is scarce, so
 * that both ends of the curve are drawn as finely as its middle, and cut once more where the pool stands. At the ends of every range price and base are the curve's
 * own; between them the range has its geometric mean price.
 */
export function stableRanges(pool: StableSwapPool, referencePrice: number): readonly LiquidityRow[] {
  const curve = stableCurve(pool);
  const rate = curve.baseRate / curve.quoteRate;
  const even = evenBalance(curve);
  const dear = (HIGHEST * referencePrice) / rate;
  const cheap = (LOWEST * referencePrice) / rate;
  const quotes = scarceSteps(even, (y) => curve.priceOf(curve.quoteAt(y), y) > cheap);
  const bases = scarceSteps(even, (x) => curve.priceOf(x, curve.quoteAt(x)) < dear);
  const nodes = [
    ...quotes.reverse().map((y) => ({ x: curve.quoteAt(y), y })),
    ...bases.slice(1).map((x) => ({ x, y: curve.quoteAt(x) })),
    { x: curve.base, y: curve.quoteAt(curve.base) },
  ].sort((a, b) => b.x - a.x);
  const roots = nodes.map(({ x, y }) => Math.sqrt(curve.priceOf(x, y) * rate));
  return nodes.slice(1).flatMap(({ x }, i) => {
    const [sqrtLower, sqrtUpper] = [roots[i]!, roots[i + 1]!];
    const base = (nodes[i]!.x - x) / curve.baseRate;
    if (!(sqrtUpper > sqrtLower && base > 0)) return [];
    const liquidity = (base * (sqrtLower * sqrtUpper)) / (sqrtUpper - sqrtLower);
    return [{ sqrtLower, sqrtUpper, liquidity, base }];
  });
}

/** Where base and quote are equal, times their rates: the fixed point of a falling function, by bisection. */
function evenBalance(curve: StableCurve): number {
  let [low, high] = [
    Math.min(curve.base, curve.quoteAt(curve.base)),
    Math.max(curve.base, curve.quoteAt(curve.base)),
  ];
  for (let i = 0; i < HALVINGS; i += 1) {
    const middle = (low + high) / 2;
    if (curve.quoteAt(middle) > middle) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Amounts of a coin from the even balance down to where the price leaves the range, in equal steps of the logarithm. */
function scarceSteps(even: number, inside: (amount: number) => boolean): number[] {
  let [above, below] = [0, -1];
  while (inside(even * exp(below))) below *= 2;
  for (let i = 0; i < HALVINGS; i += 1) {
    const middle = (above + below) / 2;
    if (inside(even * exp(middle))) above = middle;
    else below = middle;
  }
  return Array.from({ length: CELLS + 1 }, (_, i) => even * exp((below * i) / CELLS));
}
