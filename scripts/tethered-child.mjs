import { spawn } from 'node:child_process';
import { exitCodeOf } from './run-command.mjs';

const PARENT_POLL_MS = 300;
const PATIENCE_MS = 20_000;

/**
 * Runs a compiled program as a child that lives no longer than this process.
 *
 * The child has a session of its own, so that Ctrl-C reaches only this process, which closes the channel; the child takes
 * the closed channel as the order to shut down. That also covers SIGKILL of this process. SIGTERM to `npm` ends npm and
 * leaves this process to a new parent, hence the watch on the parent's id.
 */
export function runTethered(program, args, env) {
  const child = spawn(process.execPath, ['--enable-source-maps', program, ...args], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: process.platform !== 'win32',
  });
  let asked = false;
  const askToStop = () => {
    if (asked) return;
    asked = true;
    if (child.connected) child.disconnect();
    setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS).unref();
  };
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid !== parent && askToStop(), PARENT_POLL_MS);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, askToStop);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      resolve(exitCodeOf(code, signal));
    });
  });
}
