import type { ArtefactStore } from '#libs/application/index';
import type { Ground } from './ground.js';
import type { Narrator, Say } from './narrator.js';
import type { StoryOptions } from './options.js';
import type { Processes } from './processes.js';

/** What the acts play on. */
export interface Stage {
  readonly ground: Ground;
  readonly processes: Processes;
  readonly options: StoryOptions;
  readonly store: ArtefactStore;
  readonly say: Say;
  readonly narrator: Narrator;
}

/** The story stops here: what was waited for did not happen. */
export class StoryStopped extends Error {
  constructor(readonly reason: string) {
    super(reason);
    this.name = 'StoryStopped';
  }
}

/** Waits for something of the story; its absence ends the story with the reason. */
export async function expected<T>(what: string, awaited: Promise<T | null>): Promise<T> {
  const found = await awaited;
  if (found === null) throw new StoryStopped(`${what} did not come in time`);
  return found;
}
