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
  snapshot.pools.forEach((pool, i) => {
    const cycle = cycleFrom(pool.base, (asset) => quoteOf.get(asset));
    if (cycle === null || cycle[0] !== pool.base) return;
    check.report(['pools', i, 'quote'], pool.quote, [
      'quotes that lead to USD',
      `Quotes run in a circle: ${cycle.join(' -> ')}. Drop one of the pools.`,
    ]);
  });
}

function cycleFrom(start: string, next: (asset: string) => string | undefined): string[] | null {
  const walked = [start];
  for (let at = next(start); at !== undefined; at = next(at)) {
    const first = walked.indexOf(at);
    walked.push(at);
    if (first >= 0) return walked.slice(first);
  }
  return null;
}
