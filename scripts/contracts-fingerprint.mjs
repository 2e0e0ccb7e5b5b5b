import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentHash, filesBelow } from './content-hash.mjs';

const COMPILER_PACKAGES = ['solc', '@openzeppelin/contracts'];

const fileOf = (root) => join(root, 'contracts', 'fingerprint.json');

/** Digest of everything that decides the generated modules, and of the modules themselves. */
function fingerprintOf(root) {
  const sources = ['contracts/src', 'contracts/generated', 'tools'].flatMap((folder) =>
    filesBelow(join(root, folder)),
  );
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const versions = COMPILER_PACKAGES.map((name) => `${name}@${lock[`node_modules/${name}`]?.version}`);
  return { modules: contentHash(root, sources), compiler: versions };
}

/** Written by the compiler after it wrote the modules; committed beside them, so that a fresh clone need not compile. */
export function writeContractsFingerprint(root) {
  writeFileSync(fileOf(root), `${JSON.stringify(fingerprintOf(root), null, 2)}\n`);
}

/** True when nothing has changed since the modules were generated. */
export function contractsAreFresh(root) {
  if (!existsSync(fileOf(root))) return false;
  return (
    JSON.stringify(JSON.parse(readFileSync(fileOf(root), 'utf8'))) === JSON.stringify(fingerprintOf(root))
  );
}
