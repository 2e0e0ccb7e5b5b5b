import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aLendingProtocol, anAsset, aSnapshot, aStable } from '#test/support/builders';
import { inColumns } from '#test/support/columnar';
import { propertyRun } from '#test/support/seed';
import {
  asRaw,
  parseMarket,
  parseSnapshot,
  positionBatches,
  SnapshotError,
  type Position,
  type Snapshot,
} from './index.js';

const rarely = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: usual, weight: 30 }, { arbitrary: odd, weight: 1 });
const ids = rarely(
  fc.stringMatching(/^[a-c]{1,2}$/),
  fc.constantFrom(
    '',
    ' ',
    '__proto__',
    'constructor',
    'é',
    '𝄞',
    '￿',
    '~',
    'a\u007f',
    'x'.repeat(80),
    'x'.repeat(81),
  ),
);
const amounts = rarely(
  fc.double({ min: 0, max: 1e6, noNaN: true }),
  fc.constantFrom(-1, NaN, Infinity, 1e300, -0),
);
const assets = rarely(
  fc.constantFrom('ETH', 'USDC'),
  fc.constantFrom('DAI', 'DOGE', '__proto__', 'constructor', ''),
);
const record = fc
  .array(fc.tuple(assets, amounts), { maxLength: 2 })
  .map((entries) => Object.fromEntries(entries) as Record<string, number>);
const topUp = fc.record({
  chain: rarely(fc.constant('eip155:31337'), fc.constant('elsewhere')),
  asset: assets,
  amount: amounts,
  ifHfBelow: amounts,
});
const position: fc.Arbitrary<Position> = fc.record({
  id: ids,
  collateral: record,
  debt: record,
  eMode: rarely(fc.constantFrom('e', null), fc.constant('unknown')),
  topUp: fc.option(topUp, { freq: 4 }),
});

const withPositions = (positions: readonly Position[]): Snapshot =>
  aSnapshot({
    assets: [anAsset(), aStable(), aStable({ id: 'DAI' })],
    lending: [
      aLendingProtocol({
        positions,
        eModes: [{ id: 'e', ltv: 0.9, lt: 0.93, bonus: 0.01, collateral: ['ETH'] }],
      }),
    ],
  });

function isAccepted(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof SnapshotError) return false;
    throw error;
  }
}

describe('parseMarket', () => {
  it('MKT-P08: Columns are accepted exactly when the same positions as objects are', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(position, { maxLength: 5 }), (positions) => {
        const asObjects = isAccepted(() => parseSnapshot(withPositions(positions)));
        const [desk] = inColumns(withPositions(positions)).lending;
        const batches = new Map([[desk!.id, positionBatches(desk!)]]);
        expect(isAccepted(() => parseMarket(asRaw(withPositions([])), batches))).toBe(asObjects);
        if (asObjects) accepted += 1;
      }),
      propertyRun(800),
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
