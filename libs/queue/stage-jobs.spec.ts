import { describe, expect, it } from '@jest/globals';
import { StageHandlerError } from './queue-error.js';
import { jobOptions, PERIODIC_JOB_OPTIONS, STAGES, toQueueJobId } from './stage-jobs.js';
import { assertOneHandlerPerStage, type StageHandler } from './stage-workers.js';

const handler: StageHandler = () => Promise.resolve({ note: 'done', artefacts: [] });

describe('toQueueJobId', () => {
  it('behavior: never holds a colon and never looks like an integer, which the queue refuses', () => {
    for (const id of ['42', 'evaluate:0xabc', '0', 'a:b:c']) expect(toQueueJobId(id)).toMatch(/^job-[^:]+$/);
  });

  it('behavior: keeps different ids apart', () => {
    const ids = ['a:b', 'a%3Ab', 'a-b', 'a b'];
    expect(new Set(ids.map(toQueueJobId)).size).toBe(ids.length);
  });
});

describe('jobOptions', () => {
  it('behavior: every job says what becomes of its parent when it fails', () => {
    const options = jobOptions({ queue: 'capture', id: 'x', artefact: null, notBefore: null });
    expect([options.failParentOnFailure, PERIODIC_JOB_OPTIONS.failParentOnFailure]).toEqual([true, true]);
  });
});

describe('assertOneHandlerPerStage', () => {
  it('default: accepts exactly the stages of the process', () => {
    const handlers = Object.fromEntries(STAGES.map((stage) => [stage, handler]));
    expect(() => assertOneHandlerPerStage(STAGES, handlers)).not.toThrow();
  });

  it('error: QUE-101 names what is missing and what does not belong', () => {
    const attempt = (): void =>
      assertOneHandlerPerStage(['capture', 'evaluate'], { capture: handler, relay: handler });
    expect(attempt).toThrow(StageHandlerError);
    expect(attempt).toThrow(expect.objectContaining({ missing: ['evaluate'], unexpected: ['relay'] }));
  });
});
