import { z } from 'zod';
import { setting, SETTINGS, whole } from '#libs/platform/index';

const MAX_PERIOD_SEC = 86_400;
const MAX_MOVE_BPS = 10_000;

/** Settings of the worker: it reads the chain, keeps the line and never holds a key. */
export const workerConfig = z.object({
  DATABASE_URL: SETTINGS.DATABASE_URL,
  REDIS_URL: SETTINGS.REDIS_URL,
  RPC_URLS: SETTINGS.RPC_URLS,
  DEPLOYMENT_FILE: SETTINGS.DEPLOYMENT_FILE,
  LOG_LEVEL: SETTINGS.LOG_LEVEL,
  OPS_PORT: SETTINGS.OPS_PORT,
  CAPTURE_PERIOD_SEC: setting(whole(1, MAX_PERIOD_SEC).default(60), {
    description: 'Seconds of wall time between two captures of the market.',
    example: '60',
  }),
  MOVE_TRIGGER_BPS: setting(whole(1, MAX_MOVE_BPS).default(100), {
    description:
      'Move of any pool price, in basis points since the last capture, that asks for a capture at once.',
    example: '100',
  }),
  MOVE_POLL_MS: setting(whole(100, 600_000).default(2_000), {
    description: 'Milliseconds between two looks at the pool prices.',
    example: '2000',
  }),
});

export type WorkerConfig = z.output<typeof workerConfig>;
