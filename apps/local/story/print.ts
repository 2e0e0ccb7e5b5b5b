import picocolors from 'picocolors';
import type { Say } from './narrator.js';

const ACTOR_WIDTH = 17;

/** Prints the story to standard output: seconds since the start, the actor, what happened. */
export function printer(start = performance.now()): Say {
  return (actor, text) => {
    const seconds = ((performance.now() - start) / 1_000).toFixed(1).padStart(6);
    process.stdout.write(
      `${picocolors.dim(`${seconds} s`)}  ${picocolors.bold(actor.padEnd(ACTOR_WIDTH))} ${text}\n`,
    );
  };
}
