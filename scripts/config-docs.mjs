// Writes .env.example and docs/configuration.md from the schemas of the processes; with --check it only compares.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bootstrap, DIST, ROOT } from './bootstrap.mjs';
import { runMain, StopError } from './stop-with.mjs';

/** Each process keeps its schema in `apps/<name>/config.ts` as `configSchema`. */
async function readProcesses() {
  const names = readdirSync(join(DIST, 'apps')).filter((name) =>
    existsSync(join(DIST, 'apps', name, 'config.js')),
  );
  const modules = names.sort().map(async (name) => {
    const { configSchema } = await import(pathToFileURL(join(DIST, 'apps', name, 'config.js')).href);
    if (configSchema === undefined)
      throw new StopError(`apps/${name}/config.ts does not export configSchema.`);
    return { name, schema: configSchema };
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
