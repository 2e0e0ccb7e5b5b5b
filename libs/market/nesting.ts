import type { RelationCheck } from './snapshot-relations.js';
import type { NestedFormula, Snapshot } from './snapshot.js';

/** Assets whose price a nested token's price is made from. */
export function constituents(formula: NestedFormula, snapshot: Snapshot): readonly string[] {
  switch (formula.kind) {
    case 'lst':
      return [formula.underlying];
    case 'receipt':
      return [formula.asset];
    case 'basket':
      return Object.keys(formula.backing);
    case 'lp': {
      const pool = snapshot.pools.find((candidate) => candidate.id === formula.pool);
      return pool === undefined ? [] : [pool.base, pool.quote];
    }
    case 'vaultShare': {
      const book = snapshot.books.find((candidate) => candidate.id === formula.book);
      return book === undefined ? [] : [book.asset, ...Object.keys(book.collateral)];
    }
  }
}

/** Checks nested tokens: references resolve, and no token is made of itself (fixed points are refused at this level). */
export function checkNesting(check: RelationCheck, snapshot: Snapshot): void {
  const parts = new Map<string, readonly string[]>();
  snapshot.nested.forEach(({ token, formula }, i) => {
    const owner = `Nested token "${token}"`;
    const at = ['nested', i, 'formula'];
    check.asset(token, ['nested', i, 'token'], owner);
    for (const asset of constituents(formula, snapshot)) check.asset(asset, at, owner);
    if (formula.kind === 'lst') check.pool(formula.discountPool, [...at, 'discountPool'], owner);
    if (formula.kind === 'lp') check.pool(formula.pool, [...at, 'pool'], owner);
    if (
      formula.kind === 'receipt' &&
      !snapshot.lending.some((protocol) => protocol.id === formula.protocol)
    ) {
      check.report([...at, 'protocol'], formula.protocol, [
        'an id of lending[]',
        `${owner} is a receipt of an unknown protocol.`,
      ]);
    }
    if (formula.kind === 'vaultShare' && !snapshot.books.some((book) => book.id === formula.book)) {
      check.report([...at, 'book'], formula.book, [
        'an id of books[]',
        `${owner} is a share of an unknown book.`,
      ]);
    }
    parts.set(token, constituents(formula, snapshot));
  });
  for (const [i, { token }] of snapshot.nested.entries()) {
    const cycle = cycleThrough(token, parts);
    if (cycle === null) continue;
    check.report(['nested', i], token, [
      'nesting without circles',
      `Nested tokens run in a circle: ${cycle.join(' -> ')}. Price one of them from the market instead.`,
    ]);
    return;
  }
}

/** A walk from the token back to itself, or null. Depth first over each token once. */
function cycleThrough(token: string, parts: ReadonlyMap<string, readonly string[]>): string[] | null {
  const visited = new Set<string>();
  const stack: { readonly at: string; readonly walk: readonly string[] }[] = [{ at: token, walk: [token] }];
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    for (const part of parts.get(step.at) ?? []) {
      if (part === token) return [...step.walk, token];
      if (visited.has(part)) continue;
      visited.add(part);
      stack.push({ at: part, walk: [...step.walk, part] });
    }
  }
  return null;
}
