import type { LiquidationOrder } from '../lending/liquidation-order.js';

/** The orders of a round as columns: half a market may want to be liquidated in one round. Grown as needed, kept between rounds. */
export interface OrderColumns {
  account: Int32Array;
  collateralRow: Int32Array;
  debtRow: Int32Array;
  terms: Int32Array;
  collateral: Int32Array;
  debt: Int32Array;
  health: Float64Array;
  repay: Float64Array;
  seize: Float64Array;
  /** Bits: 1 seizes all, 2 closes the debt, 4 toxic. */
  flags: Uint8Array;
  /** The order after this one in its market; -1 for none. */
  next: Int32Array;
}

const SMALLEST = 64;

/** Room for a few orders. */
export function orderColumns(): OrderColumns {
  const whole = (): Int32Array => new Int32Array(SMALLEST);
  const real = (): Float64Array => new Float64Array(SMALLEST);
  return {
    account: whole(),
    collateralRow: whole(),
    debtRow: whole(),
    terms: whole(),
    collateral: whole(),
    debt: whole(),
    health: real(),
    repay: real(),
    seize: real(),
    flags: new Uint8Array(SMALLEST),
    next: whole(),
  };
}

/** Writes an order down at a row, making room if there is none. */
export function storeOrder(columns: OrderColumns, row: number, order: LiquidationOrder): void {
  if (row >= columns.next.length) grow(columns);
  columns.account[row] = order.account;
  columns.collateralRow[row] = order.collateralRow;
  columns.debtRow[row] = order.debtRow;
  columns.terms[row] = order.terms;
  columns.collateral[row] = order.collateral;
  columns.debt[row] = order.debt;
  columns.health[row] = order.health;
  columns.repay[row] = order.repay;
  columns.seize[row] = order.seize;
  columns.flags[row] = (order.seizesAll ? 1 : 0) | (order.closesDebt ? 2 : 0) | (order.toxic ? 4 : 0);
}

/** Reads the order of a row into a record. */
export function loadOrder(columns: OrderColumns, row: number, order: LiquidationOrder): void {
  const flags = columns.flags[row]!;
  order.account = columns.account[row]!;
  order.collateralRow = columns.collateralRow[row]!;
  order.debtRow = columns.debtRow[row]!;
  order.terms = columns.terms[row]!;
  order.collateral = columns.collateral[row]!;
  order.debt = columns.debt[row]!;
  order.health = columns.health[row]!;
  order.repay = columns.repay[row]!;
  order.seize = columns.seize[row]!;
  order.seizesAll = (flags & 1) !== 0;
  order.closesDebt = (flags & 2) !== 0;
  order.toxic = (flags & 4) !== 0;
}

function grow(columns: OrderColumns): void {
  const length = 2 * columns.next.length;
  const whole = (from: Int32Array): Int32Array => widened(from, new Int32Array(length));
  const real = (from: Float64Array): Float64Array => widened(from, new Float64Array(length));
  columns.account = whole(columns.account);
  columns.collateralRow = whole(columns.collateralRow);
  columns.debtRow = whole(columns.debtRow);
  columns.terms = whole(columns.terms);
  columns.collateral = whole(columns.collateral);
  columns.debt = whole(columns.debt);
  columns.health = real(columns.health);
  columns.repay = real(columns.repay);
  columns.seize = real(columns.seize);
  columns.flags = widened(columns.flags, new Uint8Array(length));
  columns.next = whole(columns.next);
}

function widened<T extends Int32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
