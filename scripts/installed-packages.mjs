import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

function firstMismatch(root, locked, installed) {
  for (const [path, entry] of Object.entries(installed)) {
    if (path !== '' && locked[path]?.version !== entry.version)
      return `${path} ${entry.version} is not in the lock file`;
  }
  const { dependencies, devDependencies } = locked[''];
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const path = `node_modules/${name}`;
    if (installed[path] === undefined || !existsSync(join(root, path, 'package.json')))
      return `${name} is missing`;
  }
  return null;
}

/**
 * Why the installed packages differ from package-lock.json, or null when they agree.
 * npm writes node_modules/.package-lock.json last, so an interrupted install is seen too.
 */
export function staleReason(root) {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return 'no packages installed';
  return firstMismatch(root, readJson(join(root, 'package-lock.json')).packages, readJson(hidden).packages);
}
