import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentHash, filesBelow } from './content-hash.mjs';

/** The folders whose compiled code decides the numbers of an evaluation. */
const ENGINE_FOLDERS = ['numeric', 'canonical', 'market', 'dlcm'];
const isEngineFile = (name) => (name.endsWith('.js') && !name.endsWith('.spec.js')) || name.endsWith('.wasm');

/** Digest of the engine build: sha256 over the names and bytes of its compiled files. */
export function engineVersionOf(dist) {
  const files = ENGINE_FOLDERS.flatMap((folder) =>
    filesBelow(join(dist, 'libs', folder), isEngineFile),
  ).sort();
  return { engineVersion: `0x${contentHash(dist, files)}`, files: files.length };
}

export function writeEngineVersion(dist) {
  const version = engineVersionOf(dist);
  writeFileSync(join(dist, 'engine-version.json'), `${JSON.stringify(version)}\n`);
  return version.engineVersion;
}
