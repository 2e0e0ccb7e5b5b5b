import 'reflect-metadata';
import { printer } from './story/print.js';
import { storyOptions } from './story/options.js';
import { isLive, runLive } from './story/live.js';
import { runStory } from './story/run-story.js';

/** The order to stop: a signal, or the loss of the starter. */
const stop = new Promise<string>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
  if (process.channel !== undefined) process.on('disconnect', () => resolve('the starter ended'));
});

function readable(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code} ` : '';
  return code === '' ? (error.stack ?? error.message) : `${code}${error.message}`;
}

try {
  const run = isLive(process.env) ? runLive : runStory;
  process.exit(await run(storyOptions(process.argv.slice(2)), printer(), stop));
} catch (error) {
  process.stderr.write(`${readable(error)}\n`);
  process.exit(1);
}
