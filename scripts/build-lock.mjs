import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StopError } from './stop-with.mjs';

const POLL_MS = 250;
const PATIENCE_MS = 10 * 60_000;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function tryTake(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

function removeIfStale(path) {
  let holder = '';
  try {
    holder = readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  if (holder !== '' && !isAlive(Number(holder))) rmSync(path, { force: true });
}

/** Two commands started at once must not install or build over each other: the second waits for the first. */
export async function withBuildLock(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  const deadline = Date.now() + PATIENCE_MS;
  while (!tryTake(path)) {
    removeIfStale(path);
    if (Date.now() > deadline) {
      throw new StopError(`Another build holds ${path} for over 10 minutes. Stop it, or delete that file.`);
    }
    await sleep(POLL_MS);
  }
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}
