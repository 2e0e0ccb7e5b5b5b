import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { played, playedIsland, surprisePage, SURPRISES } from '#test/support/surprises';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'model', 'how-this-can-surprise-you.md');

describe('docs/model/how-this-can-surprise-you.md', () => {
  it.each(SURPRISES.map((surprise) => [surprise.title, surprise] as const))(
    'behavior: %s',
    (_title, surprise) => {
      const { before, after, statuses } = played(surprise);
      expect(statuses).toEqual(['STABLE', 'STABLE']);
      if (surprise.effect === 'raises') expect(after).toBeGreaterThan(before + 100);
      else expect(after).toBeLessThan(before - 100);
    },
  );

  it('behavior: the first crossing lies far below what bisection says', () => {
    const { threshold, bisected, monotone } = playedIsland();
    expect(monotone).toBe(false);
    expect(bisected).toBeGreaterThan(threshold + 0.1);
  });

  it('default: the page holds the numbers of these runs', () => {
    expect(readFileSync(PAGE, 'utf8')).toBe(surprisePage());
  });
});
