import { quantumOf } from '#libs/numeric/index';
import type { RelationCheck } from './snapshot-relations.js';
import type { LendingDesk, LegColumns, MarketSnapshot } from './position-columns.js';

/** Sums of flows are exact below this many quanta (MODEL 0.7). */
const MAX_QUANTA = 2251799813685248; // 2^51

/** Checks for each asset that all units that could ever flow stay below 2^51 quanta, so that flow sums are exact. */
export function checkQuantumBound(check: RelationCheck, snapshot: MarketSnapshot): void {
  const units = new Map<string, number>();
  const count = (asset: string, amount: number): void => {
    units.set(asset, (units.get(asset) ?? 0) + Math.abs(amount));
  };
  const countAll = (amounts: Readonly<Record<string, number>>): void => {
    for (const asset of Object.keys(amounts)) count(asset, amounts[asset]!);
  };
  for (const protocol of snapshot.lending) countPositions(protocol, count);
  for (const book of snapshot.books) {
    countAll(book.collateral);
    count(book.asset, book.hedge ?? 0);
    for (const line of book.options) count(book.asset, line.quantity);
  }
  for (const venue of snapshot.perps)
    for (const account of venue.accounts) count(venue.asset, account.quantity);
  snapshot.assets.forEach((asset, i) => {
    const total = units.get(asset.id) ?? 0;
    const limit = MAX_QUANTA * quantumOf(asset.spot);
    if (total <= limit) return;
    check.report(['assets', i], total, [
      `at most ${limit} units in all positions and books`,
      `Asset "${asset.id}": ${total} units are more than exact sums allow (${limit}). Check decimals and price.`,
    ]);
  });
}

function countPositions({ positions }: LendingDesk, count: (asset: string, amount: number) => void): void {
  const amounts = (record: Readonly<Record<string, number>>): void => {
    for (const asset of Object.keys(record)) count(asset, record[asset]!);
  };
  if (!('batches' in positions)) {
    for (const { collateral, debt, topUp } of positions) {
      amounts(collateral);
      amounts(debt);
      if (topUp !== null) count(topUp.asset, topUp.amount);
    }
    return;
  }
  for (const batch of positions.batches) {
    const totals = new Float64Array(batch.assets.length);
    addLegs(totals, batch.collateral, batch.count);
    addLegs(totals, batch.debt, batch.count);
    batch.topUp?.amount.forEach((amount, row) => {
      if (batch.topUp!.chain[row]! >= 0) totals[batch.topUp!.asset[row]!]! += amount;
    });
    batch.assets.forEach((asset, i) => count(asset, totals[i]!));
  }
}

function addLegs(totals: Float64Array, { first, asset, units }: LegColumns, count: number): void {
  for (let leg = first[0]!; leg < first[count]!; leg += 1) totals[asset[leg]!]! += units[leg]!;
}
