import { compensatedSum, exp, log } from '#libs/numeric/index';
import {
  bestBid,
  copyVenues,
  marginalPrice,
  recentre,
  sellCapacityTo,
  sellProceedsTo,
  type Venues,
} from '../amm/index.js';

const HALVINGS = 80;

/** One holder of slashable governance tokens. */
export interface TokenSeller {
  /** Tokens that may be sold. */
  readonly slashable: number;
  /** USD to raise; Infinity sells everything. */
  readonly needUsd: number;
}

export interface TokenSaleInput {
  /** Venues of the token as they stand; they are not changed. */
  readonly venues: Venues;
  /** USD price of the venues' quote asset. */
  readonly quoteUsd: number;
  readonly sellers: readonly TokenSeller[];
  /** Loss of confidence before the sale: price x exp(-kappa x uncovered / market value); none by default. */
  readonly reflexivity?: {
    readonly kappa: number;
    readonly uncoveredUsd: number;
    readonly marketCapUsd: number;
  };
}

/** What a forced sale of governance tokens raised. */
export interface TokenSale {
  readonly soldUnits: number;
  /** USD by seller, never more than its need. */
  readonly raisedUsd: readonly number[];
  readonly proceedsUsd: number;
  /** Some need stayed: everything slashable of that seller is gone. */
  readonly layerRemoved: boolean;
}

/**
 * Incentive-layer collapse (MODEL 8.3): slashable governance tokens are sold on their venues, the smallest amount that
 * raises the need, else all; constant product: proceeds y Q / (x + Q). Several sellers form one batch at one average price;
 * each sells min(its tokens, its need / price).
 *
 * @example backstopTokenSale({ venues, quoteUsd: 1, sellers: [{ slashable: 1000, needUsd: 5000 }] }).layerRemoved
 */
export function backstopTokenSale(input: TokenSaleInput): TokenSale {
  const venues = afterLossOfConfidence(input);
  const sellers = input.sellers.map(({ slashable, needUsd }) => ({
    slashable: Math.max(0, slashable),
    needUsd: Math.max(0, needUsd),
  }));
  const wanted = (averageUsd: number): number[] =>
    sellers.map(({ slashable, needUsd }) => Math.min(slashable * averageUsd, needUsd));
  const { average, share } = meetingPoint(venues, input.quoteUsd, (usd) => compensatedSum(wanted(usd)));
  const raisedUsd = wanted(average).map((usd) => usd * share);
  const proceedsUsd = compensatedSum(raisedUsd);
  return {
    soldUnits: proceedsUsd / average,
    raisedUsd,
    proceedsUsd,
    layerRemoved: sellers.some(({ needUsd }, i) => raisedUsd[i]! < needUsd),
  };
}

/**
 * Average USD price at which what the sellers want at that price is what the venues pay: proceeds rise and the wanted sum
 * falls as the sale goes deeper, so there is one such point. `share` is below 1 where even the floor pays less than wanted.
 */
function meetingPoint(
  venues: Venues,
  quoteUsd: number,
  wanted: (averageUsd: number) => number,
): { readonly average: number; readonly share: number } {
  const best = bestBid(venues);
  const at = (price: number) => {
    const units = sellCapacityTo(venues, price);
    const paid = sellProceedsTo(venues, price) * quoteUsd;
    return { paid, average: units > 0 ? paid / units : best * quoteUsd };
  };
  const floor = at(venues.curves.floorPrice);
  const most = wanted(floor.average);
  if (floor.paid < most) return { average: floor.average, share: floor.paid / most };
  let [safe, deep] = [log(best), log(venues.curves.floorPrice)];
  for (let i = 0; i < HALVINGS; i += 1) {
    const middle = (safe + deep) / 2;
    const { paid, average } = at(exp(middle));
    if (paid <= wanted(average)) safe = middle;
    else deep = middle;
  }
  return { average: at(exp(safe)).average, share: 1 };
}

/** The price never falls below the venues' floor. */
function afterLossOfConfidence({ venues, reflexivity }: TokenSaleInput): Venues {
  if (reflexivity === undefined || reflexivity.kappa === 0 || !(reflexivity.marketCapUsd > 0)) return venues;
  const { kappa, uncoveredUsd, marketCapUsd } = reflexivity;
  const after = copyVenues(venues);
  const price = marginalPrice(venues) * exp((-kappa * uncoveredUsd) / marketCapUsd);
  recentre(after, Math.max(venues.curves.floorPrice, price));
  return after;
}
