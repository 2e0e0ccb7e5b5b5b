import { z } from 'zod';
import { port, setting, SETTINGS, whole } from '#libs/platform/index';

export const apiConfig = z.object({
  DATABASE_URL: SETTINGS.DATABASE_URL,
  RPC_URLS: SETTINGS.RPC_URLS,
  DEPLOYMENT_FILE: SETTINGS.DEPLOYMENT_FILE,
  LOG_LEVEL: SETTINGS.LOG_LEVEL,
  API_HOST: setting(z.string().default('127.0.0.1'), {
    description: 'Address the api listens on.',
    example: '0.0.0.0',
  }),
  API_PORT: setting(port.default(0), {
    description: 'Port the api listens on; 0 picks a free one.',
    example: '8080',
  }),
  API_REQUESTS_PER_MINUTE: setting(whole(1, 1_000_000).default(6_000), {
    description: 'Requests per minute that one address may make.',
  }),
  API_BODY_BYTES: setting(whole(1_024, 1_048_576).default(65_536), { description: 'Largest request body.' }),
});
export type ApiConfig = z.output<typeof apiConfig>;
