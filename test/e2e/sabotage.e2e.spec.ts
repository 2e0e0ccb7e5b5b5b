import { afterEach, describe, expect, it } from '@jest/globals';
import { StoryRun } from '#test/support/story-run';

const STORY_PATIENCE_MS = 900_000;

describe('a sabotaged story', () => {
  let run: StoryRun | null = null;
  afterEach(async () => {
    await run?.dispose();
    run = null;
  });

  it.each([
    ['hedge-flow-off', 'the model computes without the hedgers', /stopped: a breach did not come|REFUSED/],
    [
      'lying-signer',
      'a co-signer signs what it did not recompute',
      /stopped: a published evaluation did not come/,
    ],
    ['relayer-off', 'nothing is sent', /stopped: a published evaluation did not come/],
  ])(
    'behavior: %s (%s) ends in 1 with the reason',
    async (sabotage, _what, reason) => {
      run = new StoryRun(['--sabotage', sabotage]);
      const code = await run.ended;
      expect({ code, text: code === 1 ? '' : run.text() }).toEqual({ code: 1, text: '' });
      // A crash also ends in 1: the reason has to come from the story or from its checker.
      expect(run.text()).toMatch(reason);
      expect(run.text()).not.toMatch(/^\s+at .*\.(ts|js):\d+/m);
    },
    STORY_PATIENCE_MS,
  );
});
