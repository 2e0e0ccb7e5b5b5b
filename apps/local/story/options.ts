import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { LocalWorldError } from '../local-error.js';

/** Faults that the tests of the story put into it on purpose; each must make the checker refuse the story. */
export const SABOTAGES = ['hedge-flow-off', 'lying-signer', 'relayer-off'] as const;
export type Sabotage = (typeof SABOTAGES)[number];

export interface StoryOptions {
  /** End after the story, with 0 only when the checker confirmed it. */
  readonly exit: boolean;
  readonly seed: string;
  /** Folder for data, logs and archived worlds. */
  readonly folder: string;
  readonly apiPort: number;
  readonly sabotage: Sabotage | null;
}

const USAGE = `npm start -- [--exit] [--seed TEXT] [--folder DIR] [--api-port N]
  --exit        play the story, check it, end with 0 only if it is confirmed
  --seed TEXT   another market, drawn from TEXT (default "calm then fall"); the same text gives the same market
  --folder DIR  where data and logs live (default .local)
  --api-port N  port of the api on 127.0.0.1 (default 8080; 0 takes a free one)`;

/** Reads the arguments of `npm start`. Throws `LOC-401` with the usage when one is unknown or malformed. */
export function storyOptions(args: readonly string[]): StoryOptions {
  const values = parsed(args);
  const apiPort = Number(values['api-port']);
  if (!Number.isInteger(apiPort) || apiPort < 0 || apiPort > 65_535)
    throw refused(`--api-port "${values['api-port']}" is not a port (0 to 65535)`);
  const sabotage = SABOTAGES.find((name) => name === values.sabotage) ?? null;
  if (values.sabotage !== undefined && sabotage === null)
    throw refused(`--sabotage "${values.sabotage}" is not one of ${SABOTAGES.join(', ')}`);
  if (values.seed === '') throw refused('--seed is empty');
  return { exit: values.exit, seed: values.seed, folder: values.folder, apiPort, sabotage };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        exit: { type: 'boolean', default: false },
        seed: { type: 'string', default: 'calm then fall' },
        folder: { type: 'string', default: join(process.cwd(), '.local') },
        'api-port': { type: 'string', default: args.includes('--exit') ? '0' : '8080' },
        sabotage: { type: 'string' },
      },
    }).values;
  } catch (cause) {
    throw refused(cause instanceof Error ? cause.message : String(cause));
  }
}

function refused(reason: string): LocalWorldError {
  return new LocalWorldError('LOC-401', `${reason}.\n${USAGE}`, { reason });
}
