import { createServer, type Server } from 'node:http';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { digestOf } from '#libs/canonical/index';
import { DEFAULT_PARAMETERS, dlcmRun, evaluate, explain, scenarioOf } from '#libs/dlcm/index';
import { evaluatedMarket, digestFrom, T0, withDebts, type EvaluatedMarket } from '#test/support/line-fixture';
import type { CliEngine } from './engine.js';
import { runCli } from './program.js';

const ENGINE = digestFrom('engine');
const engine: CliEngine = {
  version: ENGINE,
  evaluate: (snapshot, snapshotRoot) =>
    evaluate({ snapshot, snapshotRoot, parameters: DEFAULT_PARAMETERS, engineVersion: ENGINE }),
  run: (snapshot, { asset, size }) =>
    dlcmRun({ snapshot, scenario: scenarioOf(DEFAULT_PARAMETERS, asset, size) }),
  explain,
};

let folder = '';
let calm: EvaluatedMarket;
let breached: EvaluatedMarket;
let calmFile = '';
let breachedFile = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'srd-cli-'));
  calm = evaluatedMarket();
  breached = evaluatedMarket({ change: (snapshot) => withDebts(snapshot, 1.1, 'all') });
  [calmFile, breachedFile] = [join(folder, 'calm.json'), join(folder, 'breached.json')];
  await writeFile(calmFile, JSON.stringify(calm.snapshot));
  await writeFile(breachedFile, JSON.stringify(breached.snapshot));
});
afterAll(() => rm(folder, { recursive: true }));

/** One command line with what it printed on each stream. */
async function srd(
  args: readonly string[],
  changes: { readonly engine?: CliEngine; readonly color?: boolean } = {},
) {
  let [out, err] = ['', ''];
  const code = await runCli(args, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    color: changes.color ?? false,
    dataFolder: folder,
    now: () => T0 + 60,
    engine: () => changes.engine ?? engine,
  });
  return { code, out, err };
}

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('srd convert', () => {
  it('default: Arrow and back keeps the root, and the Arrow file evaluates to the same digest', async () => {
    const arrow = join(folder, 'calm.arrow');
    expect(await srd(['convert', calmFile, arrow])).toMatchObject({
      code: 0,
      out: expect.stringContaining(calm.record.snapshotRoot),
    });
    expect((await srd(['evaluate', arrow])).out).toContain(calm.evaluation.id);
    const json = join(folder, 'again.json');
    expect((await srd(['convert', arrow, json])).out).toContain(calm.record.snapshotRoot);
    expect((await srd(['evaluate', json])).out).toContain(calm.evaluation.id);
  });

  it('error: CLI-105 for another ending, MKT-104 for an Arrow file that was cut', async () => {
    expect(await srd(['convert', calmFile, join(folder, 'calm.csv')])).toMatchObject({
      code: 1,
      err: expect.stringContaining('CLI-105'),
    });
    const arrow = join(folder, 'cut.arrow');
    await srd(['convert', calmFile, arrow]);
    await truncate(arrow, 1000);
    expect(await srd(['evaluate', arrow])).toMatchObject({
      code: 1,
      err: expect.stringContaining('MKT-104'),
    });
  });
});

describe('srd evaluate', () => {
  it('default: 0 above the safety level, 3 below it, with the digest anyone else computes', async () => {
    expect(await srd(['evaluate', calmFile])).toMatchObject({
      code: 0,
      out: expect.stringContaining(calm.evaluation.id),
    });
    expect(await srd(['evaluate', breachedFile])).toMatchObject({
      code: 3,
      out: expect.stringContaining('below the safety level'),
    });
  });

  it('behavior: --json prints one document and nothing else on standard output; --quiet silences progress', async () => {
    const { out, err } = await srd(['--json', '--quiet', 'evaluate', calmFile]);
    expect(JSON.parse(out)).toEqual({ evaluation: calm.evaluation.id, record: calm.record });
    expect(err).toBe('');
  });

  it('behavior: colours only when the surroundings allow them, never in JSON', async () => {
    expect((await srd(['evaluate', calmFile])).out).not.toContain('\u001b[');
    expect((await srd(['evaluate', calmFile], { color: true })).out).toContain('\u001b[');
    expect((await srd(['--json', 'evaluate', calmFile], { color: true })).out).not.toContain('\u001b[');
  });

  it('behavior: 4 when older than --max-age', async () => {
    expect((await srd(['evaluate', calmFile, '--max-age', '60'])).code).toBe(0);
    expect(await srd(['evaluate', calmFile, '--max-age', '59'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('60 s old'),
    });
  });

  it('error: CLI-101 for a missing file, CLI-102 for NaN, MKT-101 with every bad field', async () => {
    expect(await srd(['evaluate', join(folder, 'absent.json')])).toMatchObject({
      code: 1,
      err: expect.stringContaining('CLI-101'),
    });
    expect(await srd(['evaluate', await file('nan.json', '{"format": NaN}')])).toMatchObject({
      code: 1,
      err: expect.stringContaining('CLI-102'),
    });
    const pool = calm.snapshot.pools[0];
    const bad = { ...calm.snapshot, pools: [{ ...pool, fee: -1, base: 'stETH' }] };
    const { code, err } = await srd(['evaluate', await file('bad.json', JSON.stringify(bad))]);
    expect([code, err.includes('MKT-101'), err.includes('/pools/0/fee')]).toEqual([1, true, true]);
  });

  it('error: MKT-103 for a 2 GB file, by its size and without reading it', async () => {
    const path = await file('big.json', '');
    await truncate(path, 2 * 1024 ** 3);
    const started = performance.now();
    expect(await srd(['evaluate', path])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/MKT-103.*2147483648 bytes.*402653184/),
    });
    expect(performance.now() - started).toBeLessThan(1_000);
    await rm(path);
  });

  it('error: 2 for wrong usage, with what is accepted', async () => {
    expect((await srd(['evaluate'])).code).toBe(2);
    expect((await srd(['divine', calmFile])).code).toBe(2);
    expect(await srd(['evaluate', calmFile, '--max-age', 'soon'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('whole number of seconds'),
    });
    expect((await srd(['--help'])).code).toBe(0);
  });
});

describe('srd explain', () => {
  it('default: the shock first, then rounds in words', async () => {
    const { code, out } = await srd(['explain', breachedFile, '--shock', '0.3']);
    expect([code, out.split('\n')[0]]).toEqual([
      0,
      `Shock: ${breached.record.shockAsset} falls 30.00 % over 900 s (exp path, 12 s ticks, level v3).`,
    ]);
  });

  it('error: CLI-104 names the assets there are; a shock of 1 is wrong usage', async () => {
    expect(await srd(['explain', calmFile, '--asset', 'DOGE'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/CLI-104.*ETH, /),
    });
    expect((await srd(['explain', calmFile, '--shock', '1'])).code).toBe(2);
  });
});

describe('srd replay', () => {
  const routes = new Map<string, string | Uint8Array>();
  let server: Server;
  let base = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      const found = routes.get(request.url ?? '');
      response.writeHead(found === undefined ? 404 : 200).end(found ?? '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  });
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

  function publish(record: EvaluatedMarket['record'], id: string): string {
    const { header, chunks } = calm.encoded;
    routes.set(
      `/v1/evaluations/${id}/bundle`,
      JSON.stringify({
        format: 'srd-bundle/1',
        evaluation: { id, body: record },
        snapshot: { id: header.root, body: header },
      }),
    );
    for (const { digest, bytes } of chunks) routes.set(`/v1/chunks/${digest}`, bytes);
    return `${base}/v1/evaluations/${id}`;
  }

  it('default: 0 when the bytes are equal, from the address, and from what --save kept', async () => {
    const kept = join(folder, 'kept');
    expect(await srd(['replay', publish(calm.record, calm.evaluation.id), '--save', kept])).toMatchObject({
      code: 0,
      out: expect.stringContaining('equal'),
    });
    expect((await srd(['--json', 'replay', kept])).out).toContain('"equal":true');
    expect((await srd(['replay', join(kept, 'bundle.json')])).code).toBe(0);
  });

  it('behavior: 1 and the fields when the published numbers are not what the inputs give', async () => {
    const record = { ...calm.record, reading: { ...calm.record.reading, lac5Usd: '1' } };
    const { code, out } = await srd(['replay', publish(record, digestOf(record))]);
    expect([code, out]).toEqual([
      1,
      expect.stringContaining(`/reading/lac5Usd: published "1", recomputed "${calm.record.reading.lac5Usd}"`),
    ]);
  });

  it('error: CLI-103 for another engine, saying which release to fetch', async () => {
    const other = await srd(['replay', publish(calm.record, calm.evaluation.id)], {
      engine: { ...engine, version: digestFrom('newer') },
    });
    expect(other).toMatchObject({
      code: 1,
      err: expect.stringMatching(new RegExp(`CLI-103.*Fetch the release of engine ${ENGINE}`)),
    });
  });

  it('error: SRC-404 when the record is not its digest, MKT-102 for altered chunks, SRC-401 and SRC-403 for wrong places', async () => {
    expect((await srd(['replay', publish(calm.record, digestFrom('another'))])).err).toContain('SRC-404');
    const place = publish(calm.record, calm.evaluation.id);
    const [chunk] = calm.encoded.chunks;
    const bytes = Uint8Array.from(chunk?.bytes ?? []);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    routes.set(`/v1/chunks/${chunk?.digest}`, bytes);
    expect((await srd(['replay', place])).err).toContain('MKT-102');
    expect((await srd(['replay', `${base}/v1/evaluations/${digestFrom('unknown')}`])).err).toContain(
      'SRC-401',
    );
    expect((await srd(['replay', `${base}/elsewhere`])).err).toContain('SRC-403');
    expect((await srd(['replay', await file('no.json', '{}')])).err).toContain('SRC-403');
  });
});

describe('srd assemble', () => {
  it('error: a missing file is named', async () => {
    const { code, err } = await srd(['assemble']);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/SRC-2\d\d.*deribit_chain_20260126T212449Z\.csv\.gz/),
    ]);
  });
});

describe('srd backtest', () => {
  it('error: a missing file is named, and an unknown episode is refused', async () => {
    const missing = await srd(['backtest', '--data', '/nowhere']);
    expect([missing.code, missing.err]).toEqual([
      1,
      expect.stringMatching(/SRC-201 prices_hourly_2021_02\.csv\.gz/),
    ]);
    expect((await srd(['backtest', '--fit', 'May 2020'])).code).toBe(2);
  });
});
