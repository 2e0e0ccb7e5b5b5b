import { localAccount } from '../keys.js';
import { priceOf, sqrtPriceX96Of } from '../uniswap-price.js';
import type { LocalMarket, VenuePool } from './market.js';
import { sqrtPriceOf, swapRequest } from './trade.js';

/** More than any move needs; the price limit ends the trade. */
const ALL_IT_TAKES = 2n ** 100n;

/** Queues the trade that brings a pool to a price, as an arbitrageur with deep pockets would. */
export async function movePool(market: LocalMarket, pool: VenuePool, target: number): Promise<void> {
  const account = localAccount(market.seed, 'arbitrageur');
  const current = await sqrtPriceOf(market, pool);
  const wanted = sqrtPriceX96Of(target, pool.shape);
  if (current === wanted) return;
  const sellBase = target < priceOf(current, pool.shape);
  market.ground.send(
    account,
    swapRequest(market, pool, {
      sellBase,
      amountIn: ALL_IT_TAKES,
      recipient: account.address,
      sqrtPriceLimitX96: wanted,
    }),
  );
}
