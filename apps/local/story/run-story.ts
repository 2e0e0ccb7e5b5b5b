import { openDatabase, PrismaArtefactStore } from '#libs/persistence/index';
import { playActs } from './acts.js';
import { openGround, type Ground } from './ground.js';
import { startNarrator, type Say } from './narrator.js';
import type { StoryOptions } from './options.js';
import { startProcesses, type Processes } from './processes.js';

/** Stands the world up, plays the story on it, and stays until it is told to stop; resolves with the exit code. */
export async function runStory(options: StoryOptions, say: Say, stop: Promise<string>): Promise<number> {
  const closing: (() => Promise<void>)[] = [];
  let asked = false;
  const stopped = stop.then((reason) => {
    asked = true;
    say('stop', `${reason}: closing in order`);
  });
  try {
    const ground = await openGround(options, say);
    closing.push(() => ground.stop());
    const processes = await startProcesses(ground, options, say);
    closing.push(() => processes.stop());
    const { narrator, store } = openNarrator(ground, say, closing);
    const code = await Promise.race([
      playActs({ ground, processes, options, store, say, narrator }),
      stopped.then(() => 0),
    ]);
    if (!options.exit && !asked) {
      sayUrls(processes, ground, say);
      await stopped;
    }
    return code;
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

function openNarrator(ground: Ground, say: Say, closing: (() => Promise<void>)[]) {
  const database = openDatabase({ url: ground.databaseUrl, maxConnections: 2 });
  const store = new PrismaArtefactStore(database);
  const narrator = startNarrator(store, say);
  closing.push(async () => {
    await narrator.stop();
    await ground.remember();
    await database.$disconnect();
  });
  return { narrator, store };
}

function sayUrls({ apiUrl }: Processes, { rpcUrl, deploymentFile, logFolder }: Ground, say: Say): void {
  say('urls', `reading ${apiUrl}/v1/readings/latest`);
  say(
    'urls',
    `proposals ${apiUrl}/v1/proposals · OpenAPI ${apiUrl}/openapi.json · readiness ${apiUrl}/ready`,
  );
  say('urls', `chain ${rpcUrl} · deployment ${deploymentFile} · logs ${logFolder}`);
  say('urls', 'Ctrl-C stops everything; the next start finds this world again');
}
