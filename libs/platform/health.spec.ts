import { describe, expect, it } from '@jest/globals';
import { healthOf } from './health.js';

describe('healthOf', () => {
  it('default: ready when no check has a reason', async () => {
    expect(await healthOf({ database: () => Promise.resolve(null) })).toEqual({ ready: true, reasons: [] });
  });

  it('behavior: a check that throws or hangs is a reason', async () => {
    const report = await healthOf({
      database: () => Promise.reject(new Error('refused')),
      queue: () => new Promise(() => undefined),
      chain: () => Promise.resolve(null),
    });
    expect(report.ready).toBe(false);
    expect(report.reasons.map(({ check }) => check)).toEqual(['database', 'queue']);
    expect(report.reasons[0]?.reason).toBe('refused');
  });
});
