import { spawn, type ChildProcess } from 'node:child_process';

export interface TetheredOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly account?: { readonly uid: number; readonly gid: number } | null;
  /** What the program takes as the order to end at once but in order. */
  readonly stopSignal: 'INT' | 'TERM' | 'QUIT';
  /** A folder of the program's own that is removed after it has ended. */
  readonly removeAfter?: string | null;
}

export interface TetheredProcess {
  /** Standard output and error are pipes; read them, or the program blocks. */
  readonly child: ChildProcess;
  /** Asks the program to end and resolves when it has; kills it after `patienceMs`. */
  stop(patienceMs?: number): Promise<void>;
}

// The shell outlives neither side: `read` returns when the pipe from this process closes, whatever ended this process.
const TETHER = `
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
{ read -r _ <&3; kill -"$STOP_SIGNAL" "$program" 2>/dev/null; } &
watch=$!
trap 'kill -'"$STOP_SIGNAL"' "$program" 2>/dev/null' INT TERM HUP
wait "$program"; status=$?
while kill -0 "$program" 2>/dev/null; do wait "$program"; status=$?; done
kill "$watch" 2>/dev/null
[ -z "$REMOVE_AFTER" ] || rm -rf "$REMOVE_AFTER"
exit "$status"
`;

const DEFAULT_PATIENCE_MS = 10_000;

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

function stopper(child: ChildProcess): TetheredProcess['stop'] {
  return (patienceMs = DEFAULT_PATIENCE_MS) =>
    new Promise((resolve) => {
      if (hasEnded(child)) return resolve();
      const killLater = setTimeout(() => killGroup(child), patienceMs);
      child.once('exit', () => {
        clearTimeout(killLater);
        resolve();
      });
      child.stdin?.end();
    });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || hasEnded(child)) return;
  if (process.platform === 'win32') child.kill('SIGKILL');
  else process.kill(-child.pid, 'SIGKILL');
}

/**
 * Runs a foreign program that ends when this process ends, even by SIGKILL. The program has a session of its own, so that
 * Ctrl-C reaches this process alone, which then stops things in the right order.
 */
export function spawnTethered(options: TetheredOptions): TetheredProcess {
  const { command, args, cwd, account, stopSignal } = options;
  const windows = process.platform === 'win32';
  const [program, programArgs] = windows
    ? [command, args]
    : ['/bin/sh', ['-c', TETHER, 'tether', command, ...args]];
  const child = spawn(program, [...programArgs], {
    env: {
      ...(options.env ?? process.env),
      STOP_SIGNAL: stopSignal,
      REMOVE_AFTER: options.removeAfter ?? '',
    },
    ...(cwd === undefined ? {} : { cwd }),
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: !windows,
  });
  child.stdin?.on('error', () => child.stdin?.destroy());
  return { child, stop: stopper(child) };
}
