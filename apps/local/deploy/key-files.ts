import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { localKey } from '../keys.js';

/** Secrets of one process, by the name of its environment variable. */
export type ProcessKeys = Readonly<Record<string, Readonly<Record<string, Hex>>>>;

export const RESPONDERS = 3;
export const COUNCILLORS = 5;

/** Which process holds which key. Attester and owner keys are separate; the api and the worker hold none. */
export function processKeys(seed: string): ProcessKeys {
  const responders = Array.from({ length: RESPONDERS }, (_, i) => [
    `cosigner-responder-${i + 1}`,
    {
      ATTESTER_PRIVATE_KEY: localKey(seed, 'attester', i),
      OWNER_PRIVATE_KEY: localKey(seed, 'responder owner', i),
    },
  ]);
  const councillors = Array.from({ length: COUNCILLORS }, (_, i) => [
    `cosigner-council-${i + 1}`,
    { OWNER_PRIVATE_KEY: localKey(seed, 'council owner', i) },
  ]);
  return Object.fromEntries([
    ...responders,
    ...councillors,
    ['relayer', { RELAYER_PRIVATE_KEY: localKey(seed, 'relayer') }],
  ]) as ProcessKeys;
}

/** One file per process, readable by its owner alone. Plain text serves the local chain only. */
export function writeKeyFiles(dir: string, keys: ProcessKeys): void {
  const folder = join(dir, 'keys');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [process, secrets] of Object.entries(keys)) {
    const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(folder, `${process}.env`), lines.join(''), { mode: 0o600 });
  }
}
