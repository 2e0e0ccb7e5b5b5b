import { describe, expect, it } from '@jest/globals';
import { EvidenceError } from '#libs/sources/index';
import { digestFrom } from '#test/support/line-fixture';
import { accepted, refusal, refused, type Verdict } from './refusal.js';
import { Watch, type WatchParts } from './watch.js';

const evaluation = digestFrom('evaluation');
const request = { evaluation, parentDigest: digestFrom('parent'), attesterEpoch: 1, signers: [] as string[] };

/** A watch over one open request; `answers` are what the co-signer says to it, look by look. */
function watchOver(
  answers: (() => Promise<Verdict<typeof evaluation>>)[],
  api: { down: boolean } = { down: false },
) {
  const log: { level: string; fields: Readonly<Record<string, unknown>> }[] = [];
  let asked = 0;
  const parts = {
    role: 'responder',
    attester: '0xA',
    owner: '0xB',
    pollMs: 1,
    log: {
      info: (fields: Readonly<Record<string, unknown>>) => log.push({ level: 'info', fields }),
      warn: (fields: Readonly<Record<string, unknown>>) => log.push({ level: 'warn', fields }),
    },
    api: {
      attestationRequests: () =>
        api.down
          ? Promise.reject(new EvidenceError('SRC-401', 'http://api cannot be read', true))
          : Promise.resolve([request]),
      safeTransactions: () => Promise.resolve([]),
    },
    coSigner: {
      attest: () => {
        asked += 1;
        return (answers.shift() ?? (() => Promise.resolve(accepted(evaluation))))();
      },
      coSign: () => Promise.resolve(accepted(evaluation)),
    },
  } as unknown as WatchParts;
  return { watch: new Watch(parts), log, asked: () => asked };
}
const codes = (log: { level: string; fields: Readonly<Record<string, unknown>> }[]) =>
  log.filter(({ level }) => level === 'warn').map(({ fields }) => fields['code']);

describe('Watch', () => {
  it('behavior: a final refusal is logged with its code and never asked again', async () => {
    const { watch, log, asked } = watchOver([() => Promise.resolve(refused(refusal('COS-107', 'differs')))]);
    await watch.look();
    await watch.look();
    expect([codes(log), asked()]).toEqual([['COS-107'], 1]);
  });

  it('behavior: a retryable refusal is logged once, asked again, and ends in a signature', async () => {
    const down = () => Promise.reject(new TypeError('fetch failed'));
    const { watch, log, asked } = watchOver([down, down, () => Promise.resolve(accepted(evaluation))]);
    for (let i = 0; i < 3; i += 1) await watch.look();
    expect([codes(log), asked()]).toEqual([['COS-101'], 3]);
    expect(log.at(-1)).toMatchObject({ level: 'info', fields: { kind: 'attestation' } });
  });

  it('behavior: an api that is gone is said once, and its return too', async () => {
    const api = { down: true };
    const { watch, log } = watchOver([], api);
    await watch.look();
    await watch.look();
    expect([codes(log), watch.fault()]).toEqual([
      ['COS-140'],
      'the api does not answer usefully: http://api cannot be read',
    ]);
    api.down = false;
    await watch.look();
    expect(watch.fault()).toBeNull();
  });

  it('behavior: stops between two looks', async () => {
    const { watch, asked } = watchOver([]);
    watch.start();
    await watch.stop();
    expect(asked()).toBeLessThanOrEqual(1);
  });
});
