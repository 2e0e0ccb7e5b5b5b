import type { AccountRows } from './account-table.js';
import type { ShapeTable } from './shape-table.js';
import type { TermsTable } from './terms-table.js';

/**
 * Cohorts: accounts of one protocol whose health has one common lower bound while prices move, sorted by health. A shape
 * that many accounts have is a cohort of its own; the rest of a protocol shares one, with all their legs.
 */
export interface CohortTable {
  readonly protocol: Int32Array;
  /** Accounts of cohort g are `first[g]` to `first[g + 1] - 1`. */
  readonly first: Int32Array;
  /** First cohort of each protocol, one more row than protocols. */
  readonly firstOfProtocol: Int32Array;
  /** Cohort of each shape. */
  readonly ofShape: Int32Array;
  /** Terms rows any of its accounts has as collateral: `terms[firstTerm[g]]` to `terms[firstTerm[g + 1] - 1]`. */
  readonly firstTerm: Int32Array;
  readonly terms: Int32Array;
  /** Assets any of its accounts owes, alike. */
  readonly firstDebt: Int32Array;
  readonly debts: Int32Array;
  /**
   * A lower bound, ascending within a cohort, of each account's health at the snapshot over the health at which it must be
   * looked at (1, or its owner's mark if that is higher). Rounded down to float32.
   */
  readonly reach: Float32Array;
}

/** Share of a protocol's accounts from which on a shape is a cohort of its own: there are never many cohorts. */
const OWN_COHORT_SHARE = 1 / 1024;
const SMALLEST_COHORT = 2;
/** Rounding to float32 moves a number by at most this share. */
const FLOAT32_DOWN = 1 - 1.1920928955078125e-7;
/** Rows that fit beside the 31 bits of a key in one double: 2^22. */
const PACKED_ROWS = 4_194_304;

interface Frame {
  readonly terms: TermsTable;
  readonly shapes: ShapeTable;
  readonly spot: Float64Array;
  readonly protocols: number;
}

/** @returns the cohorts and, in their order, the row of each account */
export function cohortTable(
  frame: Frame,
  rows: AccountRows,
): { readonly table: CohortTable; readonly order: Int32Array } {
  const { shapes } = frame;
  const { cohortOfShape, members } = assignCohorts(frame, rows);
  const first = new Int32Array(members.length + 1);
  for (const shape of rows.shape) first[cohortOfShape[shape]! + 1]! += 1;
  members.forEach((_, g) => (first[g + 1]! += first[g]!));
  const fill = first.slice();
  const order = new Int32Array(rows.shape.length);
  rows.shape.forEach((shape, row) => (order[fill[cohortOfShape[shape]!]!++] = row));
  const reach = sortByReach(frame, { rows, order, first });
  const protocol = Int32Array.from(members, ([shape]) => shapes.protocol[shape!]!);
  const legs = members.map((own) => legsOf(shapes, own));
  return {
    order,
    table: {
      protocol,
      first,
      firstOfProtocol: Int32Array.from({ length: frame.protocols + 1 }, (_, p) =>
        protocol.reduce((count, owner) => count + (owner < p ? 1 : 0), 0),
      ),
      ofShape: cohortOfShape,
      firstTerm: offsets(legs.map(({ collateral }) => collateral.length)),
      terms: Int32Array.from(legs.flatMap(({ collateral }) => collateral)),
      firstDebt: offsets(legs.map(({ debt }) => debt.length)),
      debts: Int32Array.from(legs.flatMap(({ debt }) => debt)),
      reach,
    },
  };
}

function assignCohorts({ shapes, protocols }: Frame, rows: AccountRows) {
  const counts = new Int32Array(shapes.protocol.length);
  for (const shape of rows.shape) counts[shape]! += 1;
  const cohortOfShape = new Int32Array(counts.length);
  const members: number[][] = [];
  for (let p = 0; p < protocols; p += 1) {
    const own = [...counts.keys()].filter((shape) => shapes.protocol[shape] === p);
    const accounts = own.reduce((sum, shape) => sum + counts[shape]!, 0);
    const enough = Math.max(SMALLEST_COHORT, accounts * OWN_COHORT_SHARE);
    const frequent = own.filter((shape) => counts[shape]! >= enough);
    const rare = own.filter((shape) => counts[shape]! < enough);
    for (const group of [...frequent.map((shape) => [shape]), rare]) {
      if (group.length === 0) continue;
      for (const shape of group) cohortOfShape[shape] = members.length;
      members.push(group);
    }
  }
  return { cohortOfShape, members };
}

function legsOf(shapes: ShapeTable, members: readonly number[]) {
  const collateral = new Set<number>();
  const debt = new Set<number>();
  for (const s of members) {
    for (let leg = shapes.first[s]!; leg < shapes.firstDebt[s]!; leg += 1) collateral.add(shapes.leg[leg]!);
    for (let leg = shapes.firstDebt[s]!; leg < shapes.first[s + 1]!; leg += 1) debt.add(shapes.leg[leg]!);
  }
  return { collateral: [...collateral], debt: [...debt] };
}

function offsets(lengths: readonly number[]): Int32Array {
  const first = new Int32Array(lengths.length + 1);
  lengths.forEach((length, i) => (first[i + 1] = first[i]! + length));
  return first;
}

/** Sorts `order` by reach within each cohort. @returns the reach of each account */
function sortByReach(
  frame: Frame,
  accounts: { readonly rows: AccountRows; readonly order: Int32Array; readonly first: Int32Array },
): Float32Array {
  const { rows, order, first } = accounts;
  const reach = new Float32Array(order.length);
  for (let g = 0; g + 1 < first.length; g += 1) {
    const own = order.subarray(first[g], first[g + 1]);
    const keys = Float32Array.from(own, (row) => Math.fround(reachOf(frame, rows, row) * FLOAT32_DOWN));
    sortedKeys(keys, own, reach.subarray(first[g], first[g + 1]));
  }
  return reach;
}

/**
 * Sorts rows by float32 keys of at least 0. The bits of such a key order like the key; key and index packed into one double
 * sort by the engine's own numeric sort. Low bits of the key give way where the index needs them, which rounds it down.
 */
function sortedKeys(keys: Float32Array, rows: Int32Array, sorted: Float32Array): void {
  const count = keys.length;
  const bits = new Uint32Array(keys.buffer);
  let dropped = 1;
  while (PACKED_ROWS * dropped < count) dropped *= 2;
  const span = PACKED_ROWS * dropped;
  const packed = new Float64Array(count);
  for (let i = 0; i < count; i += 1) packed[i] = Math.floor(bits[i]! / dropped) * span + i;
  packed.sort();
  const before = rows.slice();
  const sortedBits = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) {
    const high = Math.floor(packed[i]! / span);
    sortedBits[i] = high * dropped;
    rows[i] = before[packed[i]! - high * span]!;
  }
  sorted.set(new Float32Array(sortedBits.buffer));
}

/** Health at the snapshot over the health at which the account must be looked at. */
function reachOf({ terms, shapes, spot }: Frame, rows: AccountRows, account: number): number {
  const shape = rows.shape[account]!;
  const middle = shapes.firstDebt[shape]!;
  const end = shapes.first[shape + 1]!;
  let row = rows.first[account]!;
  let collateral = 0;
  let debt = 0;
  for (let leg = shapes.first[shape]!; leg < end; leg += 1, row += 1) {
    const key = shapes.leg[leg]!;
    if (leg < middle) collateral += rows.units[row]! * spot[terms.asset[key]!]! * terms.lt[key]!;
    else debt += rows.units[row]! * spot[key]!;
  }
  if (!(debt > 0)) return Infinity;
  const mark = shapes.reserve[shape]! >= 0 ? Math.max(1, rows.units[row + 1]!) : 1;
  return collateral / debt / mark;
}
