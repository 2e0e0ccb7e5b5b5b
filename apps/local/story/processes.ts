import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Ground } from './ground.js';
import { startProcess, type ProcessSpec, type RunningProcess } from './child-process.js';
import type { Say } from './narrator.js';
import type { StoryOptions } from './options.js';

/**
 * A fast action rests on the newest published evaluation, so the period must exceed the time from capture to effect; moves of
 * the market ask for captures by themselves.
 */
const CAPTURE_PERIOD_SEC = 240;

export interface Processes {
  readonly apiUrl: string;
  readonly running: readonly RunningProcess[];
  stop(): Promise<void>;
}

/** Starts api, worker, relayer and the eight co-signers, each with its own configuration and only its own keys. */
export async function startProcesses(ground: Ground, options: StoryOptions, say: Say): Promise<Processes> {
  const running: RunningProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const batch of [running.slice(1), running.slice(0, 1)])
      await Promise.all(batch.map((one) => one.stop()));
  };
  try {
    const api = await startProcess(
      specOf(ground, {
        app: 'api',
        env: { DATABASE_URL: ground.databaseUrl, API_PORT: String(options.apiPort) },
      }),
    );
    running.push(api);
    const apiUrl = api.info['url'] ?? '';
    const others = [...backend(ground, options), ...coSigners(ground, options, apiUrl)];
    const started = await Promise.allSettled(others.map(startProcess));
    running.push(...started.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])));
    const failed = started.find((outcome) => outcome.status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    say('processes', `${running.map(({ name }) => name).join(', ')} run; logs in ${ground.logFolder}`);
    return { apiUrl, running, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Worker and relayer meet in one queue: on Redis when the starter was given one, else in the database. */
function queueServer(): Readonly<Record<string, string>> {
  return process.env['REDIS_URL'] === undefined ? {} : { REDIS_URL: process.env['REDIS_URL'] };
}

function backend(ground: Ground, { sabotage }: StoryOptions): ProcessSpec[] {
  const worker = specOf(ground, {
    app: 'worker',
    env: {
      DATABASE_URL: ground.databaseUrl,
      CAPTURE_PERIOD_SEC: String(CAPTURE_PERIOD_SEC),
      ...queueServer(),
    },
  });
  const relayer = specOf(ground, {
    app: 'relayer',
    env: { DATABASE_URL: ground.databaseUrl, ...queueServer(), ...ground.keys['relayer'] },
  });
  const engine = sabotage === 'hedge-flow-off' ? [sabotaged(worker, 'hedge-flow-off')] : [worker];
  return sabotage === 'relayer-off' ? engine : [...engine, relayer];
}

function coSigners(ground: Ground, { sabotage }: StoryOptions, apiUrl: string): ProcessSpec[] {
  const specs = Object.entries(ground.keys)
    .filter(([name]) => name.startsWith('cosigner-'))
    .map(([name, keys]) =>
      specOf(ground, {
        app: 'cosigner',
        name,
        env: {
          API_URL: apiUrl,
          COSIGNER_ROLE: name.includes('responder') ? 'responder' : 'council',
          ...keys,
        },
      }),
    );
  if (sabotage === 'hedge-flow-off') return specs.map((spec) => sabotaged(spec, 'hedge-flow-off'));
  if (sabotage !== 'lying-signer') return specs;
  // One of three that lies is outvoted by design; with a second one down, nothing may be published any more.
  return specs
    .filter(({ name }) => name !== 'cosigner-responder-2')
    .map((spec) => (spec.name === 'cosigner-responder-1' ? sabotaged(spec, 'lying-signer') : spec));
}

/** The same process and configuration with a module loaded first that makes it misbehave; for the tests of the checker alone. */
function sabotaged(spec: ProcessSpec, module: string): ProcessSpec {
  return { ...spec, preload: new URL(`../sabotage/${module}.js`, import.meta.url).href };
}

interface Instance {
  readonly app: string;
  readonly env: Readonly<Record<string, string>>;
  /** The app's own name when absent. */
  readonly name?: string;
}

function specOf(ground: Ground, { app, env, name = app }: Instance): ProcessSpec {
  return {
    name,
    entry: fileURLToPath(new URL(`../../${app}/main.js`, import.meta.url)),
    env: { RPC_URLS: ground.rpcUrl, DEPLOYMENT_FILE: ground.deploymentFile, LOG_LEVEL: 'info', ...env },
    logFile: join(ground.logFolder, `${name}.log`),
  };
}
