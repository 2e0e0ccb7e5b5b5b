import type { Book, MarketSnapshot } from '#libs/market/index';
import {
  atTheMoneyVol,
  bookDelta,
  hedgeCurve,
  optionLines,
  type HedgeCurve,
  type LineMarket,
  type OptionClock,
} from '../options/index.js';
import type { VaultCollateral } from '../vaults/index.js';
import { requireAsset } from './lookup.js';
import type { AssetTable } from './asset-table.js';
import { SnapshotContentError } from './error.js';

/** The option books of a snapshot, ready to be evaluated; rows in book id order. */
export interface OptionBooks {
  readonly books: readonly Book[];
  readonly asset: Int32Array;
  /** Hedge curve of each book; it is a cache, refilled whenever the clock moves. */
  readonly curves: readonly HedgeCurve[];
  /** 30-day at-the-money volatility of each asset: from its books' lines, else the asset's reference volatility. */
  readonly sigma0: Float64Array;
  /** What secures each book: asset and units of every holding, in asset id order. */
  readonly collateral: readonly (readonly BookHolding[])[];
  /** Seconds until the book's chain is final. */
  readonly finalitySec: Float64Array;
}

/** One holding of a book; `inKind` says what it can be delivered as. */
export interface BookHolding {
  readonly asset: number;
  readonly units: number;
  readonly inKind: VaultCollateral['inKind'];
}

/**
 * Prepares the option books.
 *
 * @param books in id order
 * @throws SnapshotContentError (DLCM-141) for an unknown asset or hedge shares that do not add up to one
 */
export function optionBooks(
  books: readonly Book[],
  snapshot: MarketSnapshot,
  assets: AssetTable,
): OptionBooks {
  const marketOf = (asset: number): LineMarket => {
    const { rate, yield: carry } = snapshot.assets.find((candidate) => candidate.id === assets.ids[asset])!;
    return { spot: assets.spot[asset]!, rate, yield: carry, surfaces: snapshot.surfaces };
  };
  const asset = Int32Array.from(books, (book) => bookAsset(book, assets));
  const lines = books.map((book, b) => optionLines([...book.options].sort(lineOrder), marketOf(asset[b]!)));
  const curves = lines.map(hedgeCurve);
  return {
    books,
    asset,
    curves,
    sigma0: Float64Array.from(assets.ids, (_, i) => {
      const own = books.filter((book) => book.asset === assets.ids[i]).flatMap((book) => book.options);
      const sigma = own.length > 0 ? atTheMoneyVol(optionLines([...own].sort(lineOrder), marketOf(i))) : null;
      return sigma ?? assets.sigmaRef[i]!;
    }),
    collateral: books.map((book) => holdingsOf(book, snapshot, assets)),
    finalitySec: Float64Array.from(
      books,
      (book) => snapshot.chains.find((chain) => chain.id === book.chain)?.finalitySec ?? 0,
    ),
  };
}

function holdingsOf(book: Book, snapshot: MarketSnapshot, assets: AssetTable): readonly BookHolding[] {
  const stable = new Set(snapshot.assets.filter(({ kind }) => kind === 'stable').map(({ id }) => id));
  return Object.keys(book.collateral)
    .sort()
    .map((id) => ({
      asset: requireAsset(assets, id, { name: `collateral of book ${book.id}`, chain: book.chain }),
      units: book.collateral[id]!,
      inKind: id === book.asset ? 'underlying' : stable.has(id) ? 'cash' : null,
    }));
}

const lineOrder = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

function bookAsset(book: Book, assets: AssetTable): number {
  const asset = requireAsset(assets, book.asset, { name: `book ${book.id}`, chain: book.chain });
  if (assets.quote[asset]! < 0 && book.options.length > 0) {
    throw new SnapshotContentError(
      `book ${book.id}`,
      'asset',
      book.asset,
      'an asset with a pool to hedge on',
    );
  }
  return asset;
}

/** Base units book `b` holds as hedge when a run starts: as stated, else exactly hedged; 0 if it does not hedge. */
export function openingHedge(options: OptionBooks, b: number, clock: OptionClock): number {
  const book = options.books[b]!;
  const curve = options.curves[b]!;
  if (!book.hedged) return 0;
  return book.hedge ?? -bookDelta(curve, curve.lines.spot, clock);
}
