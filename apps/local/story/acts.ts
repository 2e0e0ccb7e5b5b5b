import type { Ground } from './ground.js';
import type { Narrator, Say } from './narrator.js';
import type { StoryOptions } from './options.js';
import type { Processes } from './processes.js';

export interface Stage {
  readonly ground: Ground;
  readonly processes: Processes;
  readonly options: StoryOptions;
  readonly say: Say;
  readonly narrator: Narrator;
}

/** Plays the acts one after the other; resolves with the exit code. */
export async function playActs(stage: Stage): Promise<number> {
  const { narrator, say } = stage;
  say('act 1', 'calm: the market is captured, evaluated, recomputed by the co-signers and published');
  const published = await narrator.awaited('submission', ({ body }) => body.purpose === 'publish-evaluation');
  if (published === null) {
    say('story', 'no evaluation was published within three minutes');
    return 1;
  }
  return 0;
}
