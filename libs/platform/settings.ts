import { z } from 'zod';
import { setting } from './config.js';

function isUrl(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol);
}

const url = (protocols: readonly string[]) =>
  z
    .string()
    .refine(
      (text) => isUrl(text, protocols),
      `must be an address beginning with ${protocols.map((p) => `${p}//`).join(' or ')}`,
    );

const HTTP = ['http:', 'https:'];

/** Whole number of a unit, from decimal digits. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

export const port = whole(0, 65_535);

/** Comma-separated HTTP addresses, at least one. */
const httpUrls = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((urls) => urls.every((text) => isUrl(text, HTTP)), 'must be HTTP addresses separated by commas');

/** Settings that more than one process takes; a process's schema picks from them and adds its own. */
export const SETTINGS = {
  DATABASE_URL: setting(url(['postgres:', 'postgresql:']), {
    description: 'PostgreSQL 13 or newer. `npm start` without it runs an embedded one.',
    example: 'postgresql://srd:secret@db.example:5432/srd',
    secret: true,
  }),
  REDIS_URL: setting(url(['redis:', 'rediss:']).optional(), {
    description: 'Redis 6.2 or newer for the job queue; without it jobs live in PostgreSQL.',
    example: 'redis://queue.example:6379',
    secret: true,
  }),
  RPC_URLS: setting(httpUrls, {
    description: 'JSON-RPC endpoints of the chain, separated by commas; the first that answers is used.',
    example: 'https://rpc-a.example,https://rpc-b.example',
    secret: true,
  }),
  DEPLOYMENT_FILE: setting(z.string(), {
    description: 'JSON file with the addresses of the contracts, Safes, pools and feeds.',
    example: '/etc/srd/deployment.json',
  }),
  API_URL: setting(url(HTTP), { description: 'Base address of the api.', example: 'https://api.example' }),
  LOG_LEVEL: setting(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'), {
    description: 'Least severe level that is logged.',
  }),
  OPS_PORT: setting(port.default(0), {
    description: 'Port of /live, /ready and /metrics on the loopback address; 0 picks a free one.',
    example: '9101',
  }),
} as const;
