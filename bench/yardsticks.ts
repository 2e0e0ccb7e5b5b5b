import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_PARAMETERS, runCascade, scenarioOf, type System } from '#libs/dlcm/index';
import { inIdleMemory } from '#libs/dlcm/cascade/system';
import { solvencyOf } from '#libs/dlcm/solvency/solvency';
import { SETTINGS } from './cascades.js';

const SOURCES = 'bench/yardstick';
const SECONDS_PER_YEAR = 31_536_000;
const SHOCKED = 'ETH';

/** What one program made of one shock. */
interface Outcome {
  readonly price: number;
  readonly badDebtUsd: number;
}

/** One program's time over all shocks, and what it found. */
export interface Yardstick {
  readonly name: string;
  /** Milliseconds a cascade, the mean over the shocks; null where the program cannot run here. */
  readonly meanMs: number | null;
  readonly why: string;
  readonly outcomes: readonly Outcome[];
}

/**
 * The same work by other programs: numpy, a C scan and an indexed C. They read the system from a file, so that everyone
 * starts from the same numbers, and are asked for the scenarios of the prototype's setting.
 */
export function yardsticks(system: System, shocks: readonly number[], repeats: number): readonly Yardstick[] {
  const folder = mkdtempSync(join(tmpdir(), 'yardstick-'));
  try {
    const market = join(folder, 'market.bin');
    writeFileSync(market, systemFile(system, shocks));
    const program = join(folder, 'cascade');
    const compiled = compile(program);
    const c = (mode: string) =>
      compiled === null
        ? run(`C ${mode}`, [program, mode, market, `${repeats}`], shocks.length)
        : absent(`C ${mode}`, compiled);
    return [numpy(market, repeats, shocks.length), c('scan'), c('indexed')];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Our own outcomes for the same shocks, to be compared with theirs. */
export function ownOutcomes(system: System, shocks: readonly number[]): readonly Outcome[] {
  const eth = system.assets.index.get(SHOCKED)!;
  return shocks.map((size) => {
    const scenario = { ...scenarioOf(DEFAULT_PARAMETERS, SHOCKED, size), ...SETTINGS.prototype };
    return inIdleMemory(system, (memory) => {
      const run = runCascade(system, scenario, { memory });
      const badDebtUsd = solvencyOf(run).protocols.reduce((sum, own) => sum + own.badDebtUsd, 0);
      return { price: run.state.market[eth]!, badDebtUsd };
    });
  });
}

/** Largest relative difference of prices and bad debts between two programs. */
export function disagreement(a: readonly Outcome[], b: readonly Outcome[]): number {
  const apart = (x: number, y: number): number => Math.abs(x - y) / Math.max(1, Math.abs(x));
  return Math.max(
    0,
    ...b.map((own, i) => Math.max(apart(a[i]!.price, own.price), apart(a[i]!.badDebtUsd, own.badDebtUsd))),
  );
}

function compile(program: string): string | null {
  const cc = ['cc', 'gcc', 'clang'].find((name) => spawnSync(name, ['--version']).status === 0);
  if (cc === undefined) return 'no C compiler';
  const flags = [
    '-O3',
    '-march=native',
    '-ffp-contract=off',
    '-o',
    program,
    join(SOURCES, 'cascade.c'),
    '-lm',
  ];
  execFileSync(cc, flags);
  return null;
}

function numpy(market: string, repeats: number, shocks: number): Yardstick {
  const found = spawnSync('python3', ['-c', 'import numpy']).status === 0;
  if (!found) return absent('numpy', 'no python3 with numpy');
  return run('numpy', ['python3', join(SOURCES, 'cascade.py'), market, `${repeats}`], shocks);
}

const absent = (name: string, why: string): Yardstick => ({ name, meanMs: null, why, outcomes: [] });

function run(name: string, [program, ...args]: readonly string[], shocks: number): Yardstick {
  const lines = execFileSync(program!, args, { encoding: 'utf8', maxBuffer: 1 << 26 })
    .trim()
    .split('\n');
  const best = Number(/best_ms ([\d.]+)/.exec(lines.pop()!)?.[1]);
  const outcomes = lines.map((line) => {
    const [, price, badDebtUsd] = line.split(' ').map(Number);
    return { price: price!, badDebtUsd: badDebtUsd! };
  });
  return { name, meanMs: best / shocks, why: '', outcomes };
}

/** Legs of all accounts: offsets, assets and units of collateral and of debt. */
function legsOf({ accounts }: System) {
  const { shapes, shape, first, terms, units, count } = accounts;
  const collateral = { first: [0], asset: [] as number[], units: [] as number[] };
  const debt = { first: [0], asset: [] as number[], units: [] as number[] };
  for (let account = 0; account < count; account += 1) {
    const s = shape[account]!;
    let row = first[account]!;
    for (let leg = shapes.first[s]!; leg < shapes.first[s + 1]!; leg += 1, row += 1) {
      const key = shapes.leg[leg]!;
      const side = leg < shapes.firstDebt[s]! ? collateral : debt;
      side.asset.push(side === collateral ? terms.asset[key]! : key);
      side.units.push(units[row]!);
    }
    collateral.first.push(collateral.asset.length);
    debt.first.push(debt.asset.length);
  }
  return { collateral, debt };
}

/** What the programs know of each asset, in the order in which they read it. */
function assetColumns({ assets, accounts, snapshot }: System): readonly ArrayLike<number>[] {
  const { terms } = accounts;
  const pools = assets.ids.map((id) => snapshot.pools.find((pool) => pool.base === id));
  const reserve = (side: 'reserveBase' | 'reserveQuote') =>
    pools.map((pool) => (pool?.kind === 'constantProduct' ? pool[side] : 0));
  const byAsset = (values: Float64Array) =>
    assets.ids.map((_, asset) => values[terms.asset.indexOf(asset)] ?? 0);
  const bonus = byAsset(terms.bonus);
  const fee = byAsset(terms.fee);
  return [
    assets.spot,
    assets.ids.map((id, i) => (id === SHOCKED ? 1 : (assets.beta[i]![SHOCKED] ?? 0))),
    assets.quantum,
    reserve('reserveBase'),
    reserve('reserveQuote'),
    byAsset(terms.lt),
    bonus,
    bonus.map((b, i) => 1 - (b * fee[i]!) / (1 + b)),
  ];
}

/** The system in the order that bench/yardstick/cascade.c reads: counts, doubles, integers, little endian. */
function systemFile(system: System, shocks: readonly number[]): Buffer {
  const { assets, accounts, protocols, options } = system;
  const { collateral, debt } = legsOf(system);
  const { closeFactor, dustUsd, minLeftoverUsd } = protocols[0]!;
  const lines = options.books[0]?.options ?? [];
  const counts = [assets.ids.length, accounts.count, collateral.asset.length, debt.asset.length];
  const doubles = [
    ...assetColumns(system),
    [closeFactor.normal, closeFactor.full, closeFactor.fullBelowHf, dustUsd, minLeftoverUsd],
    collateral.units,
    debt.units,
    lines.map((line) => (line.type === 'C' ? 1 : 0)),
    lines.map((line) => line.strike),
    lines.map((line) => line.expirySec / SECONDS_PER_YEAR),
    lines.map((line) => line.iv ?? 0),
    lines.map((line) => line.quantity),
    shocks,
  ];
  const integers = (values: readonly number[]) => Buffer.from(Int32Array.from(values).buffer);
  return Buffer.concat([
    integers([
      ...counts,
      lines.length,
      shocks.length,
      assets.ids.indexOf('USDC'),
      assets.ids.indexOf(SHOCKED),
    ]),
    ...doubles.map((column) => Buffer.from(Float64Array.from(column).buffer)),
    ...[collateral.first, collateral.asset, debt.first, debt.asset].map(integers),
  ]);
}
