import type { OrderBookPool } from '#libs/market/index';
import { VenueError } from './error.js';
import type { LiquidityRow } from './venue.js';

/** Half the width of a level's range as a share of the root of its price: far below any tick size. */
const HALF_WIDTH = 1 / 67_108_864;

/**
 * An order book as ranges of constant liquidity: each level is a range a few 1e-8 wide that holds exactly its size, and
 * between levels there is nothing. The book is a function of the flow that stands on it: what was sold into a bid can be
 * bought back there.
 *
 * @throws VenueError for a price or size that is not positive, a bid at or above the mid, an ask at or below it, or levels
 *   closer together than 1e-7
 */
export function bookRanges(pool: OrderBookPool): readonly LiquidityRow[] {
  const wrong = (field: string, price: number, accepted: string): never => {
    throw new VenueError(pool.id, field, `${price}`, accepted);
  };
  if (!(pool.mid > 0 && pool.mid < Infinity)) wrong('mid', pool.mid, 'a finite number above 0');
  for (const { price, size } of [...pool.bids, ...pool.asks]) {
    if (!(price > 0 && price < Infinity)) wrong('level price', price, 'a finite number above 0');
    if (!(size > 0 && size < Infinity)) wrong('level size', size, 'a finite number above 0');
  }
  for (const { price } of pool.bids)
    if (!(price < pool.mid)) wrong('bids', price, `prices below the mid ${pool.mid}`);
  for (const { price } of pool.asks)
    if (!(price > pool.mid)) wrong('asks', price, `prices above the mid ${pool.mid}`);
  const levels = [...pool.bids, ...pool.asks].sort((a, b) => a.price - b.price || a.size - b.size);
  return joined(levels).map(({ price, size }, i, rows) => {
    const root = Math.sqrt(price);
    const [sqrtLower, sqrtUpper] = [root * (1 - HALF_WIDTH), root * (1 + HALF_WIDTH)];
    if (i > 0 && Math.sqrt(rows[i - 1]!.price) * (1 + HALF_WIDTH) > sqrtLower)
      wrong('levels', price, 'prices at least 1e-7 apart');
    return {
      sqrtLower,
      sqrtUpper,
      liquidity: (size * (sqrtLower * sqrtUpper)) / (sqrtUpper - sqrtLower),
      base: size,
    };
  });
}

/** Levels of one price become one. */
function joined(
  levels: readonly { readonly price: number; readonly size: number }[],
): readonly { readonly price: number; readonly size: number }[] {
  const rows: { price: number; size: number }[] = [];
  for (const { price, size } of levels) {
    const last = rows.at(-1);
    if (last?.price === price) last.size += size;
    else rows.push({ price, size });
  }
  return rows;
}
