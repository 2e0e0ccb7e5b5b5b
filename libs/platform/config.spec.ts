import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, readConfig, setting } from './config.js';
import { port, SETTINGS } from './settings.js';

const schema = z.object({
  DATABASE_URL: SETTINGS.DATABASE_URL,
  REDIS_URL: SETTINGS.REDIS_URL,
  RPC_URLS: SETTINGS.RPC_URLS,
  LOG_LEVEL: SETTINGS.LOG_LEVEL,
  API_PORT: setting(port.default(8080), { description: 'Port of the api.' }),
});
const GOOD = { DATABASE_URL: 'postgresql://u:p@127.0.0.1:5432/srd', RPC_URLS: 'http://127.0.0.1:8545' };

function problemsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  try {
    readConfig('api', schema, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ setting: name, problem }) => [name, problem]));
  }
  return {};
}

describe('readConfig', () => {
  it('default: parses what is given and fills in defaults', () => {
    expect(
      readConfig('api', schema, { ...GOOD, RPC_URLS: 'http://a:1, https://b:2', API_PORT: '9000' }),
    ).toEqual({
      ...GOOD,
      RPC_URLS: ['http://a:1', 'https://b:2'],
      LOG_LEVEL: 'info',
      API_PORT: 9000,
    });
  });

  it('behavior: an empty variable counts as absent', () => {
    expect(readConfig('api', schema, { ...GOOD, REDIS_URL: ' ', API_PORT: '' })).toMatchObject({
      API_PORT: 8080,
    });
  });

  it('error: CFG-101 names every problem at once', () => {
    const problems = problemsOf({ DATABASE_URL: 'mysql://x', API_PORT: '70000', LOG_LEVEL: 'loud' });
    expect(Object.keys(problems).sort()).toEqual(['API_PORT', 'DATABASE_URL', 'LOG_LEVEL', 'RPC_URLS']);
    expect(problems['RPC_URLS']).toBe('is required and not set');
    expect(problems['API_PORT']).toContain('0 to 65535');
  });

  it('error: CFG-101 does not print a secret', () => {
    const attempt = (): unknown =>
      readConfig('api', schema, { ...GOOD, DATABASE_URL: 'mysql://u:hunter2@h/db' });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).not.toThrow(/hunter2/);
  });
});
