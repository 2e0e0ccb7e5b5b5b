const YEAR_SEC = 31_536_000;

/** Normal distribution by Marsaglia's Taylor series (Evaluating the Normal Distribution, 2004); another method than the engine's. */
export function normalDistribution(x: number): number {
  if (x < -8) return 0;
  if (x > 8) return 1;
  let sum = x;
  let term = x;
  for (let n = 3; sum + term !== sum; n += 2) {
    term = (term * x * x) / n;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}

export interface WrittenLine {
  readonly isCall: boolean;
  /** Unix seconds. */
  readonly expiry: number;
  /** Annual volatility as written. */
  readonly vol: number;
  readonly strike: number;
  /** Base units; negative is written. */
  readonly quantity: number;
}

/** When and at what volatility lift a book is marked. */
export interface Marking {
  readonly timestamp: number;
  /** Added to a 30-day line's volatility; shorter lines get it in full, longer ones by the root of time. */
  readonly volLift: number;
}

/** Owner's option delta in base units at zero rates: N(d1) for calls, N(d1) - 1 for puts. */
export function optionDelta(
  lines: readonly WrittenLine[],
  spot: number,
  { timestamp, volLift }: Marking,
): number {
  return lines.reduce((sum, { isCall, expiry, vol, strike, quantity }) => {
    const years = (expiry - timestamp) / YEAR_SEC;
    if (years <= 0) return sum;
    const marked = Math.min(5, Math.max(0.05, vol + volLift * Math.min(1, Math.sqrt(30 / 365 / years))));
    const spread = marked * Math.sqrt(years);
    const call = normalDistribution(Math.log(spot / strike) / spread + spread / 2);
    return sum + quantity * (isCall ? call : call - 1);
  }, 0);
}

/** Base to trade so that a book is hedged: to zero for a market maker, to the edge of its band for a vault. */
export function hedgeTrade(
  book: { readonly isVault: boolean; readonly band: number; readonly size: number },
  netDelta: number,
): number {
  if (Math.abs(netDelta) / book.size <= book.band) return 0;
  return book.isVault ? -(netDelta - Math.sign(netDelta) * book.band * book.size) : -netDelta;
}
