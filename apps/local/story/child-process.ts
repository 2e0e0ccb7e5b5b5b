import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadyMessage } from '#libs/platform/index';
import { LocalWorldError } from '../local-error.js';

export interface ProcessSpec {
  readonly name: string;
  /** Compiled entry file. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Module loaded before the entry, in its threads too. */
  readonly preload?: string;
}

export interface RunningProcess {
  readonly name: string;
  readonly pid: number | undefined;
  /** What the process told its starter when it was ready, such as its address. */
  readonly info: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const START_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 20_000;
const RESTART_DELAY_MS = 1_000;

/**
 * Starts one process and keeps it running: a process that dies is started again with the same configuration, as a service
 * manager would do. The channel to it is what ends it when this process dies.
 */
export async function startProcess(spec: ProcessSpec): Promise<RunningProcess> {
  const log = createWriteStream(spec.logFile, { flags: 'a' });
  let stopping = false;
  let child = launch(spec, log);
  const info = await ready(child, spec);
  const keep = (died: ChildProcess): void => {
    died.once('exit', () => {
      if (stopping) return;
      void sleep(RESTART_DELAY_MS).then(() => {
        if (stopping) return;
        child = launch(spec, log);
        keep(child);
      });
    });
  };
  keep(child);
  return {
    name: spec.name,
    get pid() {
      return child.pid;
    },
    info,
    async stop() {
      stopping = true;
      await ended(child);
      log.end();
    },
  };
}

function launch({ entry, env, preload }: ProcessSpec, log: NodeJS.WritableStream): ChildProcess {
  const nodeOptions = [
    '--enable-source-maps',
    ...(preload === undefined ? [] : [`--import=${preload}`]),
  ].join(' ');
  const child = fork(entry, [], {
    env: { PATH: process.env['PATH'] ?? '', NODE_OPTIONS: nodeOptions, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  return child;
}

function ready(
  child: ChildProcess,
  { name, logFile }: ProcessSpec,
): Promise<Readonly<Record<string, string>>> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) =>
      reject(
        new LocalWorldError('LOC-402', `The ${name} did not start: it ${reason}. Its log is ${logFile}.`, {
          name,
          reason,
        }),
      );
    const timer = setTimeout(
      () => fail(`was not ready after ${START_PATIENCE_MS / 1_000} s`),
      START_PATIENCE_MS,
    );
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with code ${code}`);
    });
    child.on('message', (message: ReadyMessage) => {
      if (message.type !== 'ready') return;
      clearTimeout(timer);
      resolve(message.info);
    });
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
  await exit;
  clearTimeout(force);
}
