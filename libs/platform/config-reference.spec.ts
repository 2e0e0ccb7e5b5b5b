import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { setting } from './config.js';
import { configurationPage, environmentExample } from './config-reference.js';
import { SETTINGS } from './settings.js';

const PROCESSES = [
  { name: 'api', schema: z.object({ DATABASE_URL: SETTINGS.DATABASE_URL, LOG_LEVEL: SETTINGS.LOG_LEVEL }) },
  {
    name: 'worker',
    schema: z.object({
      DATABASE_URL: SETTINGS.DATABASE_URL,
      PERIOD_SEC: setting(z.string().default('60'), { description: 'One of a|b.' }),
    }),
  },
];

describe('configurationPage', () => {
  it('default: one row per setting with everyone who reads it', () => {
    const page = configurationPage(PROCESSES);
    expect(page.match(/`DATABASE_URL`/g)).toHaveLength(1);
    expect(page).toMatch(/\| `DATABASE_URL` \| api, worker \| required \|.*Secret\./);
    expect(page).toMatch(/\| `PERIOD_SEC` \| worker \| default `60` \| One of a\\\|b\./);
  });
});

describe('environmentExample', () => {
  it('default: required settings are open, the others commented out', () => {
    const text = environmentExample(PROCESSES);
    expect(text).toMatch(/^DATABASE_URL=postgresql:/m);
    expect(text).toMatch(/^# PERIOD_SEC=60$/m);
    expect(text).toMatch(/^# LOG_LEVEL=info$/m);
  });
});
