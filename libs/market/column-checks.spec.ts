import { describe, expect, it } from '@jest/globals';
import { aLendingProtocol, anAsset, aPosition, aSnapshot, aStable } from '#test/support/builders';
import { inColumns } from '#test/support/columnar';
import {
  asRaw,
  parseMarket,
  positionColumns,
  SnapshotError,
  type MarketSnapshot,
  type Position,
  type PositionColumns,
  type Snapshot,
} from './index.js';

const terms = (): Snapshot =>
  aSnapshot({ assets: [anAsset(), aStable()], lending: [aLendingProtocol({ positions: [] })] });

function marketOf(...batches: readonly PositionColumns[]): MarketSnapshot {
  const base = terms();
  return parseMarket(asRaw(base), new Map([[base.lending[0]!.id, batches]]));
}

function issuesOf(...batches: readonly PositionColumns[]): readonly string[] {
  try {
    marketOf(...batches);
  } catch (error) {
    expect(error).toBeInstanceOf(SnapshotError);
    return (error as SnapshotError).issues.map((issue) => issue.pointer);
  }
  return [];
}

const columnsOf = (...positions: readonly Position[]): PositionColumns => positionColumns(positions);
const inBytes = (positions: readonly Position[]): PositionColumns => {
  const market = inColumns(aSnapshot({ lending: [aLendingProtocol({ positions })] }));
  const { positions: columns } = market.lending[0]!;
  return (columns as { readonly batches: readonly PositionColumns[] }).batches[0]!;
};

describe('parseMarket', () => {
  const at = '/lending/0/positions';

  it('default: takes sound columns as they are, without a copy', () => {
    const columns = columnsOf(aPosition({ id: 'a' }), aPosition({ id: 'b' }));
    const [protocol] = marketOf(columns).lending;
    expect((protocol!.positions as { batches: unknown[] }).batches[0]).toBe(columns);
    expect(
      issuesOf(inBytes([aPosition({ id: 'a' }), aPosition({ id: 'a1' }), aPosition({ id: 'b' })])),
    ).toEqual([]);
  });

  it('error: MKT-101 for ids that are malformed, repeated or out of order, across batches too', () => {
    for (const id of ['', ' a', '__proto__', 'ä', 'a\u007f', 'a b', 'x'.repeat(81)]) {
      expect(issuesOf(columnsOf(aPosition({ id })))).toEqual([`${at}/0/id`]);
      expect(issuesOf(inBytes([aPosition({ id })]))).toEqual([`${at}/0/id`]);
    }
    const [a, b] = [aPosition({ id: 'a' }), aPosition({ id: 'b' })];
    expect(issuesOf(columnsOf(b), columnsOf(a))).toEqual([`${at}/1/id`]);
    expect(issuesOf(columnsOf(a), columnsOf(a, b))).toEqual([`${at}/1/id`]);
    expect(issuesOf(inBytes([b]), inBytes([a]))).toEqual([`${at}/1/id`]);
    expect(issuesOf({ ...columnsOf(a, b), ids: ['b', 'a'] })).toEqual([`${at}/1/id`]);
    for (const ids of ['ba', 'aa']) {
      const batch = { bytes: new TextEncoder().encode(ids), first: Int32Array.of(0, 1, 2) };
      expect(issuesOf({ ...columnsOf(a, b), ids: batch })).toEqual([`${at}/1/id`]);
    }
  });

  it('error: MKT-101 for amounts that are negative or not finite, and assets without a market', () => {
    for (const amount of [-1, NaN, Infinity]) {
      const columns = columnsOf(aPosition({ id: 'a', debt: { USDC: 5 } }));
      const debt = { ...columns.debt, units: Float64Array.of(amount) };
      expect(issuesOf({ ...columns, debt })).toEqual([`${at}/0/debt/USDC`]);
    }
    expect(issuesOf(columnsOf(aPosition({ id: 'a', debt: { DOGE: 5 } })))).toEqual([`${at}/0/debt/DOGE`]);
  });

  it('error: MKT-101 for legs that are repeated or out of order', () => {
    const columns = columnsOf(aPosition({ id: 'a', collateral: { ETH: 1, USDC: 1 }, debt: {} }));
    for (const asset of [Int32Array.of(1, 0), Int32Array.of(0, 0)]) {
      const pointers = issuesOf({ ...columns, collateral: { ...columns.collateral, asset } });
      expect(pointers).toEqual([`${at}/0/collateral/ETH`]);
    }
  });

  it('error: MKT-101 for an unknown e-mode, top-up chain or amount, and for a protocol that is not there', () => {
    expect(issuesOf(columnsOf(aPosition({ id: 'a', eMode: 'x' })))).toEqual([`${at}/0/eMode`]);
    const topUp = { chain: 'eip155:9', asset: 'DOGE', amount: 0, ifHfBelow: NaN };
    const fields = ['chain', 'asset', 'amount', 'ifHfBelow'].map((field) => `${at}/0/topUp/${field}`);
    expect(issuesOf(columnsOf(aPosition({ id: 'a', topUp }))).toSorted()).toEqual(fields.toSorted());
    const stranger = () => parseMarket(asRaw(terms()), new Map([['other', [columnsOf()]]]));
    expect(stranger).toThrow(SnapshotError);
  });

  it('error: MKT-101 for units beyond exact sums, as for objects', () => {
    expect(issuesOf(columnsOf(aPosition({ id: 'a', debt: { USDC: 1e30 } })))).toEqual(['/assets/1']);
  });
});
