import { setTimeout as sleep } from 'node:timers/promises';
import type { Artefact, ArtefactKind, ArtefactStore } from '#libs/application/index';
import { LINES } from './lines.js';

/** Where the story is printed: one line per happening, the actor first. */
export type Say = (actor: string, text: string) => void;

const POLL_MS = 400;
const RECENT = 30;
const PATIENCE_MS = 180_000;
const KINDS = Object.keys(LINES) as (keyof typeof LINES)[];

export interface Narrator {
  /** Resolves with the first artefact of the kind that satisfies the condition, whether it was already told or not. */
  awaited<K extends ArtefactKind>(
    kind: K,
    condition: (artefact: Artefact<K>) => boolean,
    patienceMs?: number,
  ): Promise<Artefact<K> | null>;
  /** The same for several; resolves once there are `count`, oldest first. */
  awaitedAll<K extends ArtefactKind>(
    kind: K,
    condition: (artefact: Artefact<K>) => boolean,
    count: number,
    patienceMs?: number,
  ): Promise<readonly Artefact<K>[] | null>;
  stop(): Promise<void>;
}

/** Prints every new artefact of the line as it appears in the store, oldest first. */
export function startNarrator(store: ArtefactStore, say: Say): Narrator {
  const told = new Set<string>();
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      await tellNew(store, told, say).catch((error: unknown) =>
        say(
          'narrator',
          `cannot read the store (${error instanceof Error ? error.message : String(error)}), trying again`,
        ),
      );
      await sleep(POLL_MS);
    }
  })();
  return {
    async awaited(kind, condition, patienceMs) {
      return (await this.awaitedAll(kind, condition, 1, patienceMs))?.[0] ?? null;
    },
    async awaitedAll(kind, condition, count, patienceMs = PATIENCE_MS) {
      const deadline = performance.now() + patienceMs;
      while (performance.now() < deadline && !stopped) {
        const found = (await recent(store, kind)).filter(condition).reverse();
        if (found.length >= count) return found;
        await sleep(POLL_MS);
      }
      return null;
    },
    async stop() {
      stopped = true;
      await loop;
      await tellNew(store, told, say);
    },
  };
}

async function tellNew(store: ArtefactStore, told: Set<string>, say: Say): Promise<void> {
  for (const kind of KINDS) {
    const fresh = (await recent(store, kind)).filter(({ id }) => !told.has(`${kind} ${id}`)).reverse();
    for (const artefact of fresh) {
      told.add(`${kind} ${artefact.id}`);
      const line = lineOf(artefact);
      if (line !== null) say(kind, line);
    }
  }
}

function lineOf<K extends keyof typeof LINES>(artefact: Artefact<K>): string | null {
  const line = LINES[artefact.kind] as (artefact: Artefact<K>) => string | null;
  return line(artefact);
}

function recent<K extends ArtefactKind>(store: ArtefactStore, kind: K): Promise<readonly Artefact<K>[]> {
  return store.transaction((tx) => tx.newest(kind, RECENT));
}
