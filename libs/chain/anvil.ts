import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { anvilBinary } from './anvil-binary.js';
import { ChainError } from './chain-error.js';
import { errorCode } from './error-code.js';
import { freePort } from './free-port.js';

export interface AnvilOptions {
  /** Absent: a free port. */
  readonly port?: number;
  readonly chainId?: number;
  /** Seconds between blocks; absent: a block per transaction. */
  readonly blockTimeSec?: number;
  readonly gasLimit?: number;
  /** Timestamp of the first block, unix seconds. */
  readonly timestamp?: number;
  /** Blocks per epoch; 1 makes `safe` and `finalized` follow the head closely. */
  readonly slotsInAnEpoch?: number;
  /** File the state is read from and written to, and how often it is written. */
  readonly state?: { readonly file: string; readonly intervalSec: number };
  readonly fork?: { readonly url: string; readonly blockNumber?: bigint };
  /** Number of funded accounts of Anvil's own mnemonic. */
  readonly accounts?: number;
  readonly startTimeoutMs?: number;
  readonly extraArguments?: readonly string[];
}

export interface Anvil {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Asks the chain to write its state and end; ends it by force after three seconds. */
  stop(): Promise<void>;
  /** Resolves when the process ended, with the reason. */
  readonly ended: Promise<string>;
}

/**
 * Starts the native Anvil on 127.0.0.1 and waits until it listens.
 *
 * It never outlives this process: a shell holds the read end of a pipe whose write end only this process has, and
 * kills the chain when the pipe closes, whatever the reason.
 */
export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  const port = options.port ?? (await freePort());
  const child = spawnGuarded(anvilBinary(), anvilArguments(options, port));
  const ended = endOf(child);
  const pid = await listening(child, { port, timeoutMs: options.startTimeoutMs ?? 20_000, ended });
  return { url: `http://127.0.0.1:${port}`, port, pid, ended, stop: () => stopProcess(child, pid, ended) };
}

export function anvilArguments(options: AnvilOptions, port: number): string[] {
  const pairs: readonly (readonly [string, string | number | bigint | undefined])[] = [
    ['--host', '127.0.0.1'],
    ['--port', port],
    ['--chain-id', options.chainId],
    ['--block-time', options.blockTimeSec],
    ['--gas-limit', options.gasLimit ?? 60_000_000],
    ['--timestamp', options.timestamp],
    ['--slots-in-an-epoch', options.slotsInAnEpoch],
    ['--state', options.state?.file],
    ['--state-interval', options.state?.intervalSec],
    ['--fork-url', options.fork?.url],
    ['--fork-block-number', options.fork?.blockNumber],
    ['--accounts', options.accounts ?? 1],
  ];
  const stated = pairs.flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)]));
  return [...stated, ...(options.extraArguments ?? [])];
}

const GUARD = [
  'exec 3<&0',
  '"$0" "$@" </dev/null 3<&- &',
  'chain=$!',
  'echo "chain pid $chain"',
  '(cat <&3 >/dev/null 2>&1; kill -9 $chain 2>/dev/null) >/dev/null 2>&1 &',
  'exec 3<&-',
  'wait $chain',
].join('\n');

/** A process group of its own, so that Ctrl-C reaches the starter alone and the chain ends last. */
function spawnGuarded(binary: string, args: readonly string[]): ChildProcess {
  if (process.platform === 'win32')
    return spawn(binary, args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
  return spawn('/bin/sh', ['-c', GUARD, binary, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      child.stdin?.destroy();
      resolve(signal === null ? `ended with code ${code}` : `ended by ${signal}`);
    });
  });
}

interface Listening {
  readonly port: number;
  readonly timeoutMs: number;
  readonly ended: Promise<string>;
}

async function listening(child: ChildProcess, { port, timeoutMs, ended }: Listening): Promise<number> {
  const output = collectedOutput(child);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeoutMs);
  });
  const outcome = await Promise.race([output.includes('Listening on'), ended, late]);
  clearTimeout(timer);
  if (outcome === true) {
    detachFromEventLoop(child);
    return Number(/chain pid (\d+)/.exec(output.text())?.[1] ?? child.pid);
  }
  child.stdin?.destroy();
  throw notListening(outcome === 'late' ? `was silent for ${timeoutMs} ms` : String(outcome), {
    port,
    output: output.text(),
  });
}

function notListening(reason: string, { port, output }: { port: number; output: string }): ChainError {
  if (/address already in use/i.test(output)) {
    return new ChainError(
      'CHN-103',
      `Port ${port} of 127.0.0.1 is in use. Stop what listens there, or choose another port.`,
      { port },
    );
  }
  return new ChainError(
    'CHN-104',
    `Anvil did not listen on 127.0.0.1:${port}: it ${reason}. It said: ${output.slice(-600).trim()}`,
    { port, reason },
  );
}

function collectedOutput(child: ChildProcess): { text(): string; includes(mark: string): Promise<true> } {
  let text = '';
  const waiting: { mark: string; found: (value: true) => void }[] = [];
  const take = (chunk: Buffer): void => {
    text = (text + chunk.toString('utf8')).slice(-20_000);
    for (const { mark, found } of waiting) if (text.includes(mark)) found(true);
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  return {
    text: () => text,
    includes: (mark) =>
      new Promise((found) => (text.includes(mark) ? found(true) : waiting.push({ mark, found }))),
  };
}

/** The output must stay drained, or the chain blocks on a full pipe; it must not keep this process alive. */
function detachFromEventLoop(child: ChildProcess): void {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.removeAllListeners('data');
    stream?.resume();
    unref(stream);
  }
  if (child.stdin !== null && 'unref' in child.stdin && typeof child.stdin.unref === 'function')
    child.stdin.unref();
  child.unref();
}

function unref(stream: Readable | null): void {
  if (stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
}

async function stopProcess(child: ChildProcess, pid: number, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  signal(pid, 'SIGTERM');
  const force = setTimeout(() => signal(pid, 'SIGKILL'), 3_000);
  child.ref();
  await ended;
  clearTimeout(force);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    if (errorCode(cause) !== 'ESRCH') throw cause;
  }
}
