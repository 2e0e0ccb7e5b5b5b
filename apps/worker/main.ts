import 'reflect-metadata';
import { runProcess } from '#libs/platform/index';
import { configSchema } from './config.js';
import { startWorker } from './start-worker.js';

await runProcess({ name: 'worker', schema: configSchema, start: startWorker });
