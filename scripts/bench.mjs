import { join } from 'node:path';
import { bootstrap, DIST } from './bootstrap.mjs';
import { run } from './run-command.mjs';
import { runMain } from './stop-with.mjs';

await runMain(async () => {
  await bootstrap();
  return run(process.execPath, [
    '--enable-source-maps',
    '--expose-gc',
    join(DIST, 'bench', 'main.js'),
    ...process.argv.slice(2),
  ]);
});
