import { systemOf, type System } from '#libs/dlcm/index';
import type { MarketSnapshot } from '#libs/market/index';

/** A system on its way to other threads: the columns of its accounts stand in shared memory, the rest is small. */
export interface SharedSystem {
  /** The snapshot without positions. */
  readonly snapshot: MarketSnapshot;
  readonly accounts: System['accounts'];
}

const NO_LEGS = { first: new Int32Array(1), asset: new Int32Array(0), units: new Float64Array(0) };

/** Moves the columns of a system's accounts into shared memory; ids stay behind, since scenarios do not read them. */
export function sharedSystem(system: System): SharedSystem {
  const { snapshot, accounts } = system;
  const sources = accounts.sources.map((batch) => ({
    ...batch,
    ids: [],
    collateral: NO_LEGS,
    debt: NO_LEGS,
    eMode: null,
  }));
  return {
    snapshot: {
      ...snapshot,
      lending: snapshot.lending.map((protocol) => ({ ...protocol, positions: [] })),
    },
    accounts: inSharedMemory({ ...accounts, sources }),
  };
}

/** The system again, in another thread: its accounts are the shared ones. */
export function systemFrom({ snapshot, accounts }: SharedSystem): System {
  return { ...systemOf(snapshot), accounts };
}

/** A copy of plain data whose typed arrays are backed by shared memory. */
function inSharedMemory<T>(value: T): T {
  if (ArrayBuffer.isView(value)) return sharedColumn(value as unknown as Column) as T;
  if (Array.isArray(value)) return value.map(inSharedMemory) as T;
  if (value === null || typeof value !== 'object' || value instanceof Map) return value;
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, inSharedMemory(own)])) as T;
}

type Column = Float64Array | Float32Array | Int32Array | Uint8Array;

function sharedColumn(column: Column): Column {
  const buffer = new SharedArrayBuffer(column.byteLength);
  const copy = new (column.constructor as new (buffer: SharedArrayBuffer) => Column)(buffer);
  copy.set(column as never);
  return copy;
}
