import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { StopError } from './stop-with.mjs';

/** Exit code the way a shell states it: 128 + signal number when a signal ended the process. */
export function exitCodeOf(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}

/** Runs a command to its end with inherited output; resolves with its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
}

/** Runs a command and keeps its output, which is shown only when it fails. */
export function runQuietly(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const status = exitCodeOf(code, signal);
      const text = Buffer.concat(output).toString();
      if (status === 0) resolve(text);
      else reject(new StopError(`${[command, ...args].join(' ')} ended with ${status}:\n${text}`));
    });
  });
}
