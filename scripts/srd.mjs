#!/usr/bin/env node
import { join } from 'node:path';
import { bootstrap, DIST } from './bootstrap.mjs';
import { run } from './run-command.mjs';
import { runMain } from './stop-with.mjs';

await runMain(async () => {
  await bootstrap({ quiet: true });
  const program = join(DIST, 'apps', 'cli', 'main.js');
  return run(process.execPath, ['--enable-source-maps', program, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
});
