import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readDeployment } from '#libs/chain/index';
import { LocalWorldError } from '../local-error.js';
import { startProcess, type RunningProcess } from './child-process.js';
import type { Say } from './narrator.js';
import type { StoryOptions } from './options.js';

const NEEDED = ['DATABASE_URL', 'RPC_URLS', 'DEPLOYMENT_FILE'] as const;

/** True when the environment names a chain: then nothing local is started and no key of the local world is used. */
export function isLive(env: NodeJS.ProcessEnv): boolean {
  return (env['RPC_URLS'] ?? '') !== '';
}

/**
 * Runs api and worker, and the relayer where its key is configured, on a given chain and database. Co-signers run on machines
 * of their own. Stops before any process starts when a setting is missing or the deployment file is not one.
 */
export async function runLive(options: StoryOptions, say: Say, stop: Promise<string>): Promise<number> {
  const env = liveEnvironment(process.env);
  readDeployment(env['DEPLOYMENT_FILE'] ?? '');
  const logFolder = join(options.folder, 'logs');
  mkdirSync(logFolder, { recursive: true });
  const names = [
    'api',
    'worker',
    ...(Object.keys(env).some((name) => name.startsWith('RELAYER_')) ? ['relayer'] : []),
  ];
  const running: RunningProcess[] = [];
  try {
    for (const name of names) {
      const entry = fileURLToPath(new URL(`../../${name}/main.js`, import.meta.url));
      running.push(
        await startProcess({
          name,
          entry,
          env: { API_PORT: String(options.apiPort), ...env },
          logFile: join(logFolder, `${name}.log`),
        }),
      );
    }
    say('live', `${names.join(', ')} run; api at ${running[0]?.info['url'] ?? ''}; logs in ${logFolder}`);
    say('stop', `${await stop}: closing in order`);
    return 0;
  } finally {
    for (const one of running.reverse()) await one.stop();
  }
}

function liveEnvironment(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const missing = NEEDED.filter((name) => (env[name] ?? '') === '');
  if (missing.length > 0) {
    throw new LocalWorldError(
      'LOC-404',
      `RPC_URLS names a chain, so this is live mode, and ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set. Set ${missing.join(', ')}, or unset RPC_URLS for the local world.`,
      { missing },
    );
  }
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
