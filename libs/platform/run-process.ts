import type { z } from 'zod';
import { readConfig, type ConfigSchema } from './config.js';
import { createLogger, type Logger } from './logger.js';

export interface Running {
  /** What the starter of this process wants to know, such as its address. */
  readonly info?: Readonly<Record<string, string>>;
  /** Ends everything in order: no new work, finish the work in hand, close connections. */
  close(): Promise<void>;
}

export interface ProcessDefinition<S extends ConfigSchema> {
  readonly name: string;
  readonly schema: S;
  readonly start: (context: { readonly config: z.output<S>; readonly log: Logger }) => Promise<Running>;
}

/** Message to the parent over the channel, when there is one. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly process: string;
  readonly info: Readonly<Record<string, string>>;
}

const PATIENCE_MS = 15_000;

function levelOf(config: object): string {
  return 'LOG_LEVEL' in config && typeof config.LOG_LEVEL === 'string' ? config.LOG_LEVEL : 'info';
}

/** Resolves with what asked this process to end: a signal, or the loss of the parent that started it. */
function orderToStop(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
    if (process.channel !== undefined) process.on('disconnect', () => resolve('parent gone'));
  });
}

function printable(error: unknown): string {
  const isKnown =
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^[A-Z]+-\d{3}$/.test(error.code);
  if (isKnown) return `${String(error.code)} ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function closeWithin(running: Running, log: Logger): Promise<number> {
  const timer = setTimeout(() => {
    log.error({ patienceMs: PATIENCE_MS }, 'shutdown takes too long, ending now');
    process.exit(1);
  }, PATIENCE_MS);
  try {
    await running.close();
    return 0;
  } catch (error) {
    log.error({ err: error }, 'shutdown failed');
    return 1;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The life of a process: read the configuration or refuse it, start, tell the parent, wait for the order to stop, close.
 * A refused configuration or a failed start prints one readable message and exits with 1.
 */
export async function runProcess<S extends ConfigSchema>(definition: ProcessDefinition<S>): Promise<void> {
  const stop = orderToStop();
  try {
    const config = readConfig(definition.name, definition.schema);
    const log = createLogger({ processName: definition.name, level: levelOf(config) });
    const running = await definition.start({ config, log });
    const info = running.info ?? {};
    log.info(info, 'ready');
    process.send?.({ type: 'ready', process: definition.name, info } satisfies ReadyMessage);
    log.info({ reason: await stop }, 'stopping');
    process.exit(await closeWithin(running, log));
  } catch (error) {
    process.stderr.write(`${definition.name}: ${printable(error)}\n`);
    process.exit(1);
  }
}
