import { checkColumns } from './column-checks.js';
import { SnapshotError } from './market-errors.js';
import { parseRawSnapshot } from './parse-snapshot.js';
import type { MarketSnapshot, PositionColumns } from './position-columns.js';
import { checkQuantumBound } from './quantum-bound.js';
import type { Raw } from './raw.js';
import { RelationCheck } from './snapshot-relations.js';
import type { Snapshot } from './snapshot.js';

/**
 * Turns untrusted data into a snapshot whose positions are columns; the columns are checked in place and not copied.
 * @param terms a snapshot without positions
 * @param positions batches by protocol id, each within its arrays' bounds
 * @throws SnapshotError (MKT-101) listing every bad field as parseSnapshot does, and batches of a protocol that `terms` lacks.
 */
export function parseMarket(
  terms: Raw<Snapshot>,
  positions: ReadonlyMap<string, readonly PositionColumns[]>,
): MarketSnapshot {
  const parsed = parseRawSnapshot(terms);
  const lending = parsed.lending.map((protocol) => {
    return { ...protocol, positions: { batches: positions.get(protocol.id) ?? [] } };
  });
  const market = { ...parsed, lending };
  const check = new RelationCheck(parsed);
  const known = new Set(lending.map((protocol) => protocol.id));
  for (const id of positions.keys()) {
    if (!known.has(id))
      check.report(['lending'], id, ['an id of lending[]', `Positions name protocol "${id}".`]);
  }
  lending.forEach((protocol, i) => checkColumns(check, protocol, i));
  if (check.issues.length === 0) checkQuantumBound(check, market);
  if (check.issues.length > 0) throw new SnapshotError(check.issues);
  return market;
}
