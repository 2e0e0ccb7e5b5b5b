import { bootstrap } from './bootstrap.mjs';
import { runMain } from './stop-with.mjs';

await runMain(() => bootstrap());
