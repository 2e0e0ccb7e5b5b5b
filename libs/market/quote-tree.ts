import { circleText } from './circle-text.js';
import type { RelationCheck } from './snapshot-relations.js';
import type { Snapshot } from './snapshot.js';

/**
 * Checks that each asset is quoted in exactly one asset by all its venues, and that following the quotes ends at assets
 * priced in USD alone (MODEL 0.4): the quote relation is a tree.
 */
export function checkQuoteTree(check: RelationCheck, snapshot: Snapshot): void {
  const quoteOf = new Map<string, string>();
  snapshot.pools.forEach((pool, i) => {
    const known = quoteOf.get(pool.base);
    if (known !== undefined && known !== pool.quote) {
      check.report(['pools', i, 'quote'], pool.quote, [
        known,
        `Pool "${pool.id}" quotes ${pool.base} in ${pool.quote}, another pool quotes it in ${known}. Keep one quote asset per asset.`,
      ]);
    } else quoteOf.set(pool.base, pool.quote);
  });
  for (const circle of circlesOf(quoteOf)) {
    const i = snapshot.pools.findIndex((pool) => pool.base === circle[0]);
    check.report(['pools', i, 'quote'], snapshot.pools[i]!.quote, [
      'quotes that lead to USD',
      `Quotes run in a circle: ${circleText([...circle, circle[0]!])}. Drop one of the pools.`,
    ]);
  }
}

/** The circles that the quotes run in. Each asset is walked over once. */
function circlesOf(next: ReadonlyMap<string, string>): readonly (readonly string[])[] {
  const circles: string[][] = [];
  const done = new Set<string>();
  for (const start of next.keys()) {
    const walk = new Map<string, number>();
    let at: string | undefined = start;
    for (; at !== undefined && !done.has(at) && !walk.has(at); at = next.get(at)) walk.set(at, walk.size);
    for (const asset of walk.keys()) done.add(asset);
    const first = at === undefined ? undefined : walk.get(at);
    if (first !== undefined) circles.push([...walk.keys()].slice(first));
  }
  return circles;
}
