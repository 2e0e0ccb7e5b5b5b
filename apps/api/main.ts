import 'reflect-metadata';
import { runProcess } from '#libs/platform/index';
import { apiConfig } from './configuration.js';
import { startApi } from './start.js';

await runProcess({ name: 'api', schema: apiConfig, start: startApi });
