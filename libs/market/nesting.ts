import { circleText } from './circle-text.js';
import type { RelationCheck } from './snapshot-relations.js';
import type { Book, NestedFormula, Pool, Snapshot } from './snapshot.js';

interface Parts {
  readonly pools: ReadonlyMap<string, Pool>;
  readonly books: ReadonlyMap<string, Book>;
}

/** Assets whose price a nested token's price is made from. */
function constituents(formula: NestedFormula, { pools, books }: Parts): readonly string[] {
  switch (formula.kind) {
    case 'lst':
      return [formula.underlying];
    case 'receipt':
      return [formula.asset];
    case 'basket':
      return Object.keys(formula.backing);
    case 'lp': {
      const pool = pools.get(formula.pool);
      return pool === undefined ? [] : [pool.base, pool.quote];
    }
    case 'vaultShare': {
      const book = books.get(formula.book);
      return book === undefined ? [] : [book.asset, ...Object.keys(book.collateral)];
    }
  }
}

/** Checks nested tokens: references resolve, and no token is made of itself (fixed points are refused at this level). */
export function checkNesting(check: RelationCheck, snapshot: Snapshot): void {
  const parts = new Map<string, readonly string[]>();
  const protocols = new Set(snapshot.lending.map((protocol) => protocol.id));
  const lookup = {
    pools: new Map(snapshot.pools.map((pool) => [pool.id, pool])),
    books: new Map(snapshot.books.map((book) => [book.id, book])),
  };
  snapshot.nested.forEach(({ token, formula }, i) => {
    const owner = `Nested token "${token}"`;
    const at = ['nested', i, 'formula'];
    check.asset(token, ['nested', i, 'token'], owner);
    for (const asset of constituents(formula, lookup)) check.asset(asset, at, owner);
    if (formula.kind === 'lst') check.pool(formula.discountPool, [...at, 'discountPool'], owner);
    if (formula.kind === 'lp') check.pool(formula.pool, [...at, 'pool'], owner);
    if (formula.kind === 'receipt' && !protocols.has(formula.protocol)) {
      check.report([...at, 'protocol'], formula.protocol, [
        'an id of lending[]',
        `${owner} is a receipt of an unknown protocol.`,
      ]);
    }
    if (formula.kind === 'vaultShare' && !lookup.books.has(formula.book)) {
      check.report([...at, 'book'], formula.book, [
        'an id of books[]',
        `${owner} is a share of an unknown book.`,
      ]);
    }
    parts.set(token, constituents(formula, lookup));
  });
  const circle = circleIn(parts);
  if (circle === null) return;
  check.report(['nested', snapshot.nested.findIndex(({ token }) => token === circle[0])], circle[0], [
    'nesting without circles',
    `Nested tokens run in a circle: ${circleText(circle)}. Price one of them from the market instead.`,
  ]);
}

/** A walk from a token back to itself, or null. Depth first, over each token once. */
function circleIn(parts: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const done = new Set<string>();
  for (const root of parts.keys()) {
    /** The walk from the root, each token with the number of its parts that were followed. */
    const walk = new Map<string, number>([[root, 0]]);
    const path = [root];
    while (path.length > 0) {
      const token = path.at(-1)!;
      const followed = walk.get(token)!;
      const part = parts.get(token)?.[followed];
      walk.set(token, followed + 1);
      if (part === undefined || done.has(token)) {
        done.add(token);
        walk.delete(token);
        path.pop();
      } else if (walk.has(part)) return [...path.slice(path.indexOf(part)), part];
      else if (!done.has(part)) {
        walk.set(part, 0);
        path.push(part);
      }
    }
  }
  return null;
}
