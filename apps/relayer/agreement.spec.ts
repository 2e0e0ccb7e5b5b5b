import { describe, expect, it } from '@jest/globals';
import { digestFrom } from '#test/support/line-fixture';
import { broadcastOutcome, type EndpointAnswer } from './broadcast-outcome.js';
import { agreedLookup, type EndpointLookup } from './lookup-agreement.js';

const mined = (block: string, status: 'success' | 'reverted' = 'success'): EndpointLookup => ({
  kind: 'mined',
  block: { number: 7, hash: digestFrom(block) },
  status,
  gasUsed: '21000',
});
const silent: EndpointLookup = { kind: 'silent', reason: 'timeout' };
const answers = (...kinds: EndpointAnswer['kind'][]): EndpointAnswer[] =>
  kinds.map((kind) => ({ kind, text: kind }));

describe('agreedLookup', () => {
  it.each<[string, EndpointLookup[], string]>([
    ['a majority names the block', [mined('a'), mined('a'), { kind: 'unknown' }], 'mined'],
    [
      'one lying endpoint cannot invent an inclusion',
      [mined('lie'), { kind: 'unknown' }, { kind: 'unknown' }],
      'pending',
    ],
    ['two blocks at once are not settled', [mined('a'), mined('b')], 'pending'],
    [
      'a lagging endpoint does not undo what the others saw',
      [mined('a'), { kind: 'pending' }, mined('a')],
      'mined',
    ],
    ['nobody has seen it', [{ kind: 'unknown' }, { kind: 'unknown' }, silent], 'unknown'],
    ['disagreement on the status is not settled', [mined('a'), mined('a', 'reverted')], 'pending'],
  ])('behavior: %s', (_name, seen, kind) => {
    expect(agreedLookup(seen).kind).toBe(kind);
  });

  it('error: RLY-202 when too few answered to say that it is gone', () => {
    expect(() => agreedLookup([silent, silent, { kind: 'unknown' }])).toThrow(
      expect.objectContaining({ code: 'RLY-202', retryable: true }),
    );
  });
});

describe('broadcastOutcome', () => {
  it.each<[EndpointAnswer['kind'][], string]>([
    [['down', 'accepted'], 'accepted'],
    [['nonce-too-low', 'already-known'], 'already-known'],
    [['slow', 'nonce-too-low'], 'nonce-too-low'],
    [['underpriced', 'down'], 'underpriced'],
    [['down', 'slow'], 'unknown'],
    [['insufficient-funds', 'slow'], 'unknown'],
  ])('behavior: %s is %s', (kinds, outcome) => {
    expect(broadcastOutcome(answers(...kinds))).toBe(outcome);
  });

  it('error: RLY-201 when every endpoint refused for good', () => {
    expect(() => broadcastOutcome(answers('insufficient-funds', 'gas-limit'))).toThrow(
      expect.objectContaining({ code: 'RLY-201', retryable: true }),
    );
  });
});
