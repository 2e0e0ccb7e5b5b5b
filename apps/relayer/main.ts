import { runProcess } from '#libs/platform/index';
import { relayerConfig } from './configuration.js';
import { startRelayer } from './start.js';

await runProcess({ name: 'relayer', schema: relayerConfig, start: startRelayer });
