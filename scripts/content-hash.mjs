import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const SKIPPED = new Set(['node_modules', 'dist', '.git', '.local', '.cache', 'out', 'cache']);

/** Every file below `path` (or `path` itself) whose name passes `accept`, sorted. */
export function filesBelow(path, accept = () => true) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  const found = [];
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const child = join(path, entry.name);
    if (entry.isDirectory()) found.push(...filesBelow(child, accept));
    else if (accept(entry.name)) found.push(child);
  }
  return found.sort();
}

/** sha256 over names and bytes of the files, so that a renamed, added or removed file changes it. */
export function contentHash(root, files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const bytes = readFileSync(file);
    const name = relative(root, file).split(sep).join('/');
    hash.update(`${name}\0${bytes.length}\0`);
    hash.update(bytes);
  }
  return hash.digest('hex');
}
