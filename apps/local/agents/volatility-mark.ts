import { readBooks } from './hedger.js';
import { poolOf, type LocalMarket } from './market.js';
import { poolPrice } from './trade.js';

const YEAR_SEC = 31_536_000;

/**
 * Volatility as the hedger marks it: an exponentially weighted mean of squared five-minute returns with a memory of a
 * day; implied volatility follows the excess over its opening level by a stated weight.
 */
export class VolatilityMark {
  private readonly prices: number[];
  private variance: number;
  private lift = 0;

  constructor(
    private readonly rule: { readonly openingVol: number; readonly weight: number; readonly tickSec: number },
    spot: number,
  ) {
    this.prices = [spot];
    this.variance = rule.openingVol * rule.openingVol;
  }

  /** The price at the end of a tick. */
  record(price: number): void {
    const { tickSec } = this.rule;
    this.prices.push(price);
    const window = Math.ceil(300 / tickSec);
    const before = this.prices.at(-1 - window) ?? this.prices[0] ?? price;
    const decay = Math.exp(-tickSec / 86_400);
    this.variance =
      decay * this.variance + ((1 - decay) * Math.log(price / before) ** 2 * YEAR_SEC) / (window * tickSec);
  }

  /** Lift of a 30-day line's volatility now; `frozen` keeps it from falling again. */
  liftNow(frozen: boolean): number {
    const fresh = this.rule.weight * Math.max(0, Math.sqrt(this.variance) - this.rule.openingVol);
    this.lift = frozen ? Math.max(this.lift, fresh) : fresh;
    return this.lift;
  }
}

const THIRTY_DAYS_SEC = 30 * 86_400;

/** Volatility of the line nearest to the money and to thirty days, to which realised volatility is compared. */
export async function openingVolatility(market: LocalMarket, timestamp: number): Promise<number> {
  let best = { distance: Number.POSITIVE_INFINITY, vol: 0.6 };
  for (const { asset, lines } of await readBooks(market)) {
    const pool = poolOf(market, asset);
    if (pool === null) continue;
    const spot = await poolPrice(market, pool);
    for (const { strike, expiry, vol } of lines) {
      const distance =
        Math.abs(Math.log(strike / spot)) + Math.abs(Math.log((expiry - timestamp) / THIRTY_DAYS_SEC));
      if (distance < best.distance) best = { distance, vol };
    }
  }
  return best.vol;
}
