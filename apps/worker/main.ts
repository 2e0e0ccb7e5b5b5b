import 'reflect-metadata';
import { runProcess } from '#libs/platform/index';
import { workerConfig } from './configuration.js';
import { startWorker } from './start-worker.js';

await runProcess({ name: 'worker', schema: workerConfig, start: startWorker });
