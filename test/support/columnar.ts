import {
  positionColumns,
  type LegColumns,
  type MarketSnapshot,
  type PositionColumns,
  type Snapshot,
} from '#libs/market/index';

/** The same market with its positions as columns: two batches a protocol, slices of longer tables, ids as UTF-8 bytes. */
export function inColumns(snapshot: Snapshot): MarketSnapshot {
  return {
    ...snapshot,
    lending: snapshot.lending.map((protocol) => {
      const sorted = [...protocol.positions].sort((a, b) => (a.id < b.id ? -1 : 1));
      const middle = Math.ceil(sorted.length / 2);
      const halves = [sorted.slice(0, middle), sorted.slice(middle)];
      return { ...protocol, positions: { batches: halves.map((half) => sliced(positionColumns(half))) } };
    }),
  };
}

function sliced(columns: PositionColumns): PositionColumns {
  return {
    ...columns,
    ids: utf8Column(columns.ids as readonly string[]),
    collateral: shifted(columns.collateral),
    debt: shifted(columns.debt),
  };
}

function shifted({ first, asset, units }: LegColumns): LegColumns {
  return {
    first: first.map((row) => row + 2),
    asset: Int32Array.from([0, 0, ...asset]),
    units: Float64Array.from([-1, -1, ...units]),
  };
}

function utf8Column(ids: readonly string[]) {
  const encoded = ids.map((id) => new TextEncoder().encode(id));
  const first = new Int32Array(ids.length + 1);
  encoded.forEach((bytes, i) => (first[i + 1] = first[i]! + bytes.length));
  return { bytes: Uint8Array.from(encoded.flatMap((bytes) => [...bytes])), first };
}
