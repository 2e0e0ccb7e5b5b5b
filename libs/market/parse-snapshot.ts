import { inCanonicalOrder } from './canonical-order.js';
import { SnapshotError } from './market-errors.js';
import { checkNesting } from './nesting.js';
import { checkQuantumBound } from './quantum-bound.js';
import { checkQuoteTree } from './quote-tree.js';
import type { Raw } from './raw.js';
import { issuesOf } from './schema-issues.js';
import { checkBook, checkLending, checkPool, RelationCheck } from './snapshot-relations.js';
import { snapshotSchema } from './snapshot-schema.js';
import type { Snapshot } from './snapshot.js';

/**
 * Turns untrusted data into a Snapshot: shape and numbers first, then the relations between parts. The result has every
 * list in canonical order, whatever the order of the input.
 * @param json parsed JSON, or any value
 * @throws SnapshotError (MKT-101) listing every bad field with pointer, value and what is accepted (50 are listed).
 * @example parseSnapshot(JSON.parse(text))
 */
export function parseSnapshot(json: unknown): Snapshot {
  const shaped = snapshotSchema.safeParse(json);
  if (!shaped.success) throw new SnapshotError(issuesOf(shaped.error, json));
  const issues = relationIssues(shaped.data);
  if (issues.length > 0) throw new SnapshotError(issues);
  return inCanonicalOrder(shaped.data);
}

/** parseSnapshot for data that the type system already keeps apart. */
export function parseRawSnapshot(raw: Raw<Snapshot>): Snapshot {
  return parseSnapshot(raw);
}

function relationIssues(snapshot: Snapshot): readonly SnapshotError['issues'][number][] {
  const check = new RelationCheck(snapshot);
  checkIds(check, snapshot);
  checkProvenance(check, snapshot);
  checkSurfaces(check, snapshot);
  snapshot.pools.forEach((pool, i) => checkPool(check, pool, i));
  checkQuoteTree(check, snapshot);
  snapshot.lending.forEach((protocol, i) => checkLending(check, protocol, i));
  snapshot.books.forEach((book, i) => checkBook(check, book, i));
  checkPerps(check, snapshot);
  checkNesting(check, snapshot);
  checkMoney(check, snapshot);
  checkQuantumBound(check, snapshot);
  return check.issues;
}

const LISTS_WITH_IDS = [
  'assets',
  'surfaces',
  'pools',
  'lending',
  'perps',
  'books',
  'chains',
  'bridges',
  'funds',
  'governanceTokens',
] as const;

function checkIds(check: RelationCheck, snapshot: Snapshot): void {
  for (const list of LISTS_WITH_IDS) {
    const ids = snapshot[list].map((item: { readonly id: string }) => item.id);
    check.unique(ids, [list], `Entry of ${list}`);
  }
  check.unique(
    snapshot.nested.map((nested) => nested.token),
    ['nested'],
    'Nested token',
  );
  check.unique(snapshot.dao.members, ['dao', 'members'], 'Member');
}

function checkProvenance(check: RelationCheck, snapshot: Snapshot): void {
  snapshot.provenance.blocks.forEach((block, i) =>
    check.chain(block.chain, ['provenance', 'blocks', i, 'chain'], `Block ${block.number}`),
  );
  check.unique(
    snapshot.provenance.blocks.map((block) => block.chain),
    ['provenance', 'blocks'],
    'Pinned chain',
  );
  check.unique(snapshot.provenance.sources, ['provenance', 'sources'], 'Source');
  snapshot.assets.forEach((asset, i) => {
    for (const factor of Object.keys(asset.beta))
      check.asset(factor, ['assets', i, 'beta', factor], `Asset "${asset.id}"`);
    const own = asset.beta[asset.id];
    if (own !== undefined && own !== 1) {
      check.report(['assets', i, 'beta', asset.id], own, [
        '1',
        `Asset "${asset.id}" has beta ${own} to itself.`,
      ]);
    }
  });
}

function checkSurfaces(check: RelationCheck, snapshot: Snapshot): void {
  snapshot.surfaces.forEach((surface, i) => {
    check.asset(surface.asset, ['surfaces', i, 'asset'], `Surface "${surface.id}"`);
    const expiries = surface.slices.map((slice) => String(slice.expirySec));
    check.unique(expiries, ['surfaces', i, 'slices'], `Surface "${surface.id}": expiry`);
    surface.slices.forEach((slice, j) => {
      if (slice.model.kind !== 'grid') return;
      const strikes = slice.model.points.map((point) => String(point.strike));
      check.unique(
        strikes,
        ['surfaces', i, 'slices', j, 'model', 'points'],
        `Surface "${surface.id}": strike`,
      );
    });
  });
}

function checkPerps(check: RelationCheck, snapshot: Snapshot): void {
  snapshot.perps.forEach((venue, i) => {
    const owner = `Perp venue "${venue.id}"`;
    check.chain(venue.chain, ['perps', i, 'chain'], owner);
    check.member(venue.member, ['perps', i, 'member'], owner);
    check.asset(venue.asset, ['perps', i, 'asset'], owner);
    check.unique(
      venue.accounts.map((account) => account.id),
      ['perps', i, 'accounts'],
      `${owner}: account`,
    );
  });
}

function checkMoney(check: RelationCheck, snapshot: Snapshot): void {
  snapshot.bridges.forEach((bridge, i) => {
    const owner = `Bridge "${bridge.id}"`;
    check.chain(bridge.from, ['bridges', i, 'from'], owner);
    check.chain(bridge.to, ['bridges', i, 'to'], owner);
    bridge.assets.forEach((asset, j) => check.asset(asset, ['bridges', i, 'assets', j], owner));
    check.unique(bridge.assets, ['bridges', i, 'assets'], `${owner}: asset`);
  });
  snapshot.funds.forEach((fund, i) => {
    fund.covers.forEach((member, j) => check.member(member, ['funds', i, 'covers', j], `Fund "${fund.id}"`));
    check.unique(fund.covers, ['funds', i, 'covers'], `Fund "${fund.id}": member`);
  });
  snapshot.governanceTokens.forEach((token, i) => {
    check.asset(token.id, ['governanceTokens', i, 'id'], `Governance token "${token.id}"`);
    check.pool(token.pool, ['governanceTokens', i, 'pool'], `Governance token "${token.id}"`);
  });
}
