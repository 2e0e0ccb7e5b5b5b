import { join } from 'node:path';
import { bootstrap, DIST } from './bootstrap.mjs';
import { runMain } from './stop-with.mjs';
import { runTethered } from './tethered-child.mjs';

await runMain(async () => {
  await bootstrap();
  const code = await runTethered(join(DIST, 'apps', 'local', 'main.js'), process.argv.slice(2), process.env);
  // Handlers of signals keep the process alive; the child has ended, so this one has too.
  process.exit(code);
});
