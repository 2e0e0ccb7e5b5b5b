import { encodeFunctionData, type Address } from 'viem';
import { localOptionMarketAbi } from '#contracts/local-option-market';
import { rawAmount, wholeAmount } from '../deploy/amounts.js';
import { localAccount } from '../keys.js';
import { assetOf, poolOf, type LocalMarket, type VenuePool } from './market.js';
import { hedgeTrade, optionDelta, type Marking, type WrittenLine } from './option-delta.js';
import { poolPrice } from './trade.js';

export interface OpenBook {
  readonly market: Address;
  readonly asset: string;
  readonly bookId: bigint;
  readonly isVault: boolean;
  readonly isHedged: boolean;
  readonly band: number;
  readonly hedge: number;
  readonly stock: number;
  readonly lines: readonly WrittenLine[];
}

export async function readBooks({ ground, deployment }: LocalMarket): Promise<readonly OpenBook[]> {
  const all = await Promise.all(
    deployment.optionMarkets.map(async ({ address, asset }) => {
      const books = await ground.client.readContract({
        address,
        abi: localOptionMarketAbi,
        functionName: 'books',
      });
      const { decimals } = assetOf(deployment, asset);
      return books.map(({ bookId, book, lines }) => ({
        market: address,
        asset,
        bookId,
        isVault: book.isVault,
        isHedged: book.isHedged,
        band: book.bandBps / 10_000,
        hedge: wholeAmount(book.hedge, decimals),
        stock: wholeAmount(book.stock, decimals),
        lines: lines.map(({ isCall, expiry, ivBps, strike, quantity }) => ({
          isCall,
          expiry: Number(expiry),
          vol: ivBps / 10_000,
          strike: wholeAmount(strike, 8),
          quantity: wholeAmount(quantity, decimals),
        })),
      }));
    }),
  );
  return all.flat();
}

/** A trade smaller than this share of the book is not worth a transaction. */
const SMALLEST_TRADE = 1e-4;

export interface HedgeRound {
  readonly marking: Marking;
  /** Direction of each book's first trade of the tick; within a tick a book trades one way only. */
  readonly directions: Map<string, number>;
}

/** Queues the trades that bring every book back to its rule at the pool's price. Returns the base traded, signed. */
export async function hedgeBooks(market: LocalMarket, { marking, directions }: HedgeRound): Promise<number> {
  let traded = 0;
  for (const book of await readBooks(market)) {
    const pool = poolOf(market, book.asset);
    if (!book.isHedged || pool === null) continue;
    const quantity = await wantedTrade(market, { book, pool, marking });
    const key = `${book.market}/${book.bookId}`;
    const direction = directions.get(key) ?? Math.sign(quantity);
    if (quantity === 0 || Math.sign(quantity) !== direction) continue;
    directions.set(key, direction);
    market.ground.send(localAccount(market.seed, 'hedger'), hedgeRequest({ book, pool, quantity }));
    traded += quantity;
  }
  return traded;
}

interface Wanted {
  readonly book: OpenBook;
  readonly pool: VenuePool;
  readonly marking: Marking;
}

async function wantedTrade(market: LocalMarket, { book, pool, marking }: Wanted): Promise<number> {
  const size = book.lines.reduce((sum, { quantity }) => sum + Math.abs(quantity), 0);
  const net = optionDelta(book.lines, await poolPrice(market, pool), marking) + book.hedge;
  const wanted = hedgeTrade({ isVault: book.isVault, band: book.band, size }, net);
  const quantity = Math.max(wanted, -book.stock);
  return Math.abs(quantity) > SMALLEST_TRADE * size ? quantity : 0;
}

const MIN_SQRT_RATIO = 4_295_128_740n;
const MAX_SQRT_RATIO = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341n;

function hedgeRequest({
  book,
  pool,
  quantity,
}: {
  readonly book: OpenBook;
  readonly pool: VenuePool;
  readonly quantity: number;
}) {
  const raw = rawAmount(Math.abs(quantity), pool.base.decimals);
  const zeroForOne = quantity < 0 === pool.shape.baseIsToken0;
  const args = [
    book.bookId,
    quantity < 0 ? -raw : raw,
    zeroForOne ? MIN_SQRT_RATIO : MAX_SQRT_RATIO,
  ] as const;
  return {
    label: `hedge of book ${book.bookId}`,
    to: book.market,
    gas: 3_000_000n,
    data: encodeFunctionData({ abi: localOptionMarketAbi, functionName: 'hedge', args }),
  };
}
