import { runProcess } from '#libs/platform/index';
import { cosignerConfig } from './configuration.js';
import { startCosigner } from './start.js';

await runProcess({ name: 'cosigner', schema: cosignerConfig, start: startCosigner });
