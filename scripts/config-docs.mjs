// Writes .env.example and docs/configuration.md from the schemas of the processes; with --check it only compares.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bootstrap, DIST, ROOT } from './bootstrap.mjs';
import { runMain, StopError } from './stop-with.mjs';

const isSchema = (value) =>
  typeof value === 'object' && value !== null && 'shape' in value && 'safeParse' in value;

/** Each process exports its one schema from `apps/<name>/configuration.ts`. */
async function readProcesses() {
  const file = (name) => join(DIST, 'apps', name, 'configuration.js');
  const names = readdirSync(join(DIST, 'apps')).filter((name) => existsSync(file(name)));
  const modules = names.sort().map(async (name) => {
    const schema = Object.values(await import(pathToFileURL(file(name)).href)).find(isSchema);
    if (schema === undefined) throw new StopError(`apps/${name}/configuration.ts exports no schema.`);
    return { name, schema };
  });
  return Promise.all(modules);
}

await runMain(async () => {
  await bootstrap({ quiet: true });
  const { configurationPage, environmentExample } = await import(
    pathToFileURL(join(DIST, 'libs', 'platform', 'index.js')).href
  );
  const processes = await readProcesses();
  const files = {
    '.env.example': environmentExample(processes),
    'docs/configuration.md': configurationPage(processes),
  };
  const stale = Object.keys(files).filter(
    (name) => !existsSync(join(ROOT, name)) || readFileSync(join(ROOT, name), 'utf8') !== files[name],
  );
  if (process.argv.includes('--check')) {
    if (stale.length > 0)
      throw new StopError(`${stale.join(', ')} is out of date: run "node scripts/config-docs.mjs".`);
    return;
  }
  for (const name of stale) {
    mkdirSync(dirname(join(ROOT, name)), { recursive: true });
    writeFileSync(join(ROOT, name), files[name]);
    console.error(`wrote ${name}`);
  }
});
