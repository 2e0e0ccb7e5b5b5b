import type { PerpVenue } from '#libs/market/index';
import { PerpInputError, requireFinite, requirePositive } from './error.js';
import { perpBook, sideDepth, type PerpBook } from './perp-book.js';
import { maintenancePrice } from './perp-position.js';

/** The perpetual venues of a snapshot, laid out for running: venues and their accounts in id order. Immutable. */
export interface PerpTable {
  readonly venues: readonly PerpVenue[];
  readonly asset: Int32Array;
  readonly books: readonly PerpBook[];
  /** Mark over index at the snapshot. */
  readonly basis: Float64Array;
  /** Share of the hedges on its asset that trade here, in proportion to the depth of the book; 0 without depth. */
  readonly hedgeShare: Float64Array;
  /** Accounts of venue v are rows first[v] to first[v + 1] - 1. */
  readonly first: Int32Array;
  readonly ids: readonly string[];
  readonly quantity: Float64Array;
  readonly entry: Float64Array;
  readonly margin: Float64Array;
  /** Longs of each venue from the highest liquidation price down, and shorts from the lowest up. */
  readonly longs: readonly LiquidationQueue[];
  readonly shorts: readonly LiquidationQueue[];
}

/**
 * Accounts in the order in which a falling (or rising) mark reaches them. Funding shifts all liquidation prices of one side
 * alike, so the order never changes.
 */
export interface LiquidationQueue {
  readonly accounts: Int32Array;
  /** Mark at which each account is looked at, before funding: its liquidation price, a little early. */
  readonly reachedAt: Float64Array;
}

/** How early an account is looked at, as a share of its entry price: covers the rounding of its liquidation price. */
const EARLY = 1e-9;

/**
 * Lays the venues out (MODEL 2, 0.9).
 *
 * @param venues in id order
 * @param assetOf row of an asset id
 * @throws PerpInputError (DLCM-161) for a level, mark, index, entry or maintenance rate out of range
 */
export function perpTable(venues: readonly PerpVenue[], assetOf: (venue: PerpVenue) => number): PerpTable {
  const books = venues.map((venue) => perpBook(venue, venue.mark));
  const accounts = venues.map((venue) => [...venue.accounts].sort(byId));
  const rows = accounts.flat();
  venues.forEach(requireVenue);
  const first = new Int32Array(venues.length + 1);
  accounts.forEach((list, v) => (first[v + 1] = first[v]! + list.length));
  const asset = Int32Array.from(venues, assetOf);
  const queues = (sign: 1 | -1) =>
    venues.map((venue, v) => liquidationQueue(venue, rows, [sign, first[v]!, first[v + 1]!]));
  return {
    venues,
    asset,
    books,
    basis: Float64Array.from(venues, (venue) => venue.mark / venue.index),
    hedgeShare: hedgeShares(books, asset),
    first,
    ids: rows.map((account) => account.id),
    quantity: Float64Array.from(rows, (account) => account.quantity),
    entry: Float64Array.from(rows, (account) => account.entry),
    margin: Float64Array.from(rows, (account) => account.margin),
    longs: queues(1),
    shorts: queues(-1),
  };
}

function requireVenue(venue: PerpVenue): void {
  requirePositive(`${venue.id}.mark`, venue.mark);
  requirePositive(`${venue.id}.index`, venue.index);
  requireFinite(`${venue.id}.funding8h`, venue.funding8h);
  if (!(venue.mmr >= 0 && venue.mmr < 1))
    throw new PerpInputError(`${venue.id}.mmr`, venue.mmr, 'a share in [0, 1)');
  for (const { id, quantity, entry, margin } of venue.accounts) {
    requireFinite(`${venue.id}/${id}.quantity`, quantity);
    requirePositive(`${venue.id}/${id}.entry`, entry);
    requireFinite(`${venue.id}/${id}.margin`, margin);
  }
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

function hedgeShares(books: readonly PerpBook[], asset: Int32Array): Float64Array {
  const depth = books.map((book) => Math.min(sideDepth('bids', book), sideDepth('asks', book)));
  return Float64Array.from(depth, (own, v) => {
    const total = depth.reduce((sum, other, u) => (asset[u] === asset[v] ? sum + other : sum), 0);
    return total > 0 ? own / total : 0;
  });
}

function liquidationQueue(
  venue: PerpVenue,
  rows: PerpVenue['accounts'],
  [sign, start, end]: readonly [1 | -1, number, number],
): LiquidationQueue {
  const found: { account: number; at: number }[] = [];
  for (let account = start; account < end; account += 1) {
    const position = rows[account]!;
    if (position.quantity * sign <= 0) continue;
    const at = maintenancePrice(position, venue.mmr) + sign * EARLY * position.entry;
    found.push({ account, at });
  }
  found.sort((a, b) => sign * (b.at - a.at) || a.account - b.account);
  return {
    accounts: Int32Array.from(found, (row) => row.account),
    reachedAt: Float64Array.from(found, (row) => row.at),
  };
}
