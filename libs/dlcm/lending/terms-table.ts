import type { LendingTerms } from '#libs/market/index';
import { rowOn, type AssetIndex } from '../cascade/lookup.js';

/**
 * The terms on which collateral counts, one row per (protocol, e-mode or none, market). Legs of accounts refer to a row, so
 * that a change of a market's terms changes one number.
 */
export interface TermsTable {
  readonly asset: Int32Array;
  readonly protocol: Int32Array;
  /** Liquidation threshold at the snapshot. A run keeps its own copy. */
  readonly lt: Float64Array;
  readonly bonus: Float64Array;
  /** Share of the bonus that the protocol keeps. */
  readonly fee: Float64Array;
  /** Rows whose threshold falls with volatility, and how: see cascade/dynamic-haircuts. */
  readonly haircuts: readonly HaircutRow[];
  /** Row of (protocol, e-mode id or null, asset). */
  readonly rows: readonly ReadonlyMap<string | null, ReadonlyMap<number, number>>[];
}

/** A dynamic haircut: eta per 1.00 of volatility above the reference, the lowest threshold, seconds between cuts. */
export interface HaircutRow {
  readonly row: number;
  readonly eta: number;
  readonly floor: number;
  readonly intervalSec: number;
}

interface TermsRow {
  readonly asset: number;
  readonly protocol: number;
  readonly lt: number;
  readonly bonus: number;
  readonly fee: number;
}

/**
 * Builds the table. An e-mode's own terms hold for the collateral it lists, the market's for any other.
 *
 * @param protocols in id order
 */
export function termsTable(protocols: readonly LendingTerms[], assets: AssetIndex): TermsTable {
  const table: TermsRow[] = [];
  const haircuts: HaircutRow[] = [];
  const rows = protocols.map((terms, protocol) => {
    const modes = [null, ...[...terms.eModes].sort((a, b) => (a.id < b.id ? -1 : 1))];
    return new Map(
      modes.map((mode) => {
        const own = new Map<number, number>();
        for (const market of terms.markets) {
          const asset = rowOn(assets, market.asset, terms.chain);
          if (asset === undefined || own.has(asset)) continue;
          const { lt, bonus } = mode?.collateral.includes(market.asset) === true ? mode : market;
          own.set(asset, table.length);
          if (market.haircut !== null) haircuts.push({ row: table.length, ...market.haircut });
          table.push({ asset, protocol, lt, bonus, fee: market.protocolFee });
        }
        return [mode?.id ?? null, own] as const;
      }),
    );
  });
  return {
    asset: Int32Array.from(table, (row) => row.asset),
    protocol: Int32Array.from(table, (row) => row.protocol),
    lt: Float64Array.from(table, (row) => row.lt),
    bonus: Float64Array.from(table, (row) => row.bonus),
    fee: Float64Array.from(table, (row) => row.fee),
    haircuts,
    rows,
  };
}
