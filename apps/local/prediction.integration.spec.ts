import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publicClientOf, startAnvil, type Anvil } from '#libs/chain/index';
import { DEFAULT_PARAMETERS, dlcmRun, scenarioOf, ssfThreshold } from '#libs/dlcm/index';
import type { Snapshot } from '#libs/market/index';
import { chainMarketSource } from '#libs/sources/index';
import { deployWorld, worldGenesis, type World } from './deploy/world.js';
import { playFall } from './play/play-fall.js';
import { playShock } from './play/play-shock.js';

const SEED = '1';
const SAFETY_LEVEL = 0.2;
const SHOCK = 0.2;
const folder = mkdtempSync(join(tmpdir(), 'prediction-'));
let anvil: Anvil;
let world: World;
let calm: Snapshot;
let fallen: Snapshot;

function threshold(snapshot: Snapshot): number {
  const outcome = ssfThreshold({
    snapshot,
    scenario: scenarioOf(DEFAULT_PARAMETERS, 'ETH', SHOCK),
    search: DEFAULT_PARAMETERS.search,
  });
  return outcome.status === 'found' ? outcome.threshold : Number.NaN;
}

beforeAll(async () => {
  anvil = await startAnvil({ timestamp: worldGenesis() });
  const engineVersion = `0x${'11'.repeat(32)}` as const;
  world = await deployWorld({ rpcUrl: anvil.url, seed: SEED, dir: folder, engineVersion });
  const source = chainMarketSource({
    deployment: world.deployment,
    client: publicClientOf([anvil.url]),
  });
  calm = await source.capture('latest');
  await playFall({ rpcUrl: anvil.url, deployment: world.deployment, seed: SEED, plan: world.plan });
  fallen = await source.capture('latest');
}, 180_000);
afterAll(async () => {
  await anvil.stop();
  rmSync(folder, { recursive: true });
});

describe('the local world under the model', () => {
  it('behavior: survives with room in calm, breaches the safety level after the fall, solvent all the while', () => {
    expect(threshold(calm)).toBeGreaterThan(SAFETY_LEVEL + 0.02);
    const fell = threshold(fallen);
    expect(fell).toBeLessThan(SAFETY_LEVEL);
    expect(fell).toBeGreaterThan(0.1);
  });

  it('behavior: without the option books the threshold is another one: hedging costs the coalition room', () => {
    expect(threshold({ ...fallen, books: [] }) - threshold(fallen)).toBeGreaterThan(0.01);
  });

  it('behavior: the largest tranche of the vault brings the threshold past the safety level', () => {
    const tranche = 0.05 * world.plan.backstopUsd;
    const [fund] = fallen.funds;
    const helped = {
      ...fallen,
      funds: fallen.funds.map((own) => (own === fund ? { ...own, usd: own.usd + tranche } : own)),
    };
    expect(threshold(helped)).toBeGreaterThan(SAFETY_LEVEL);
  });

  it('behavior: what the real contracts do under the shock is what the model said', async () => {
    const predicted = dlcmRun({
      snapshot: fallen,
      scenario: scenarioOf(DEFAULT_PARAMETERS, 'ETH', SHOCK),
    });
    const { path, realisedVolWeight } = DEFAULT_PARAMETERS.scenario;
    const realised = await playShock({
      rpcUrl: anvil.url,
      blockNumber: BigInt(fallen.provenance.blocks[0]?.number ?? 0),
      deployment: world.deployment,
      seed: SEED,
      borrowers: world.plan.borrowers.count,
      shock: { asset: 'ETH', size: SHOCK },
      path: { shape: 'exp', durationSec: path.durationSec, stepSec: path.stepSec },
      realisedVolWeight,
    });
    const badDebt = predicted.badDebtUsd + predicted.latentBadDebtUsd;
    expect((realised.badDebtUsd + realised.latentBadDebtUsd) / badDebt).toBeCloseTo(1, 2);
    expect(realised.liquidatedUsd / predicted.totalValueLiquidatedUsd).toBeCloseTo(1, 1);
    expect(realised.liquidatedAccounts).toBe(predicted.liquidatedAccounts.length);
    expect(realised.hedgeNetTrade / (predicted.hedgeNetTrade['ETH'] ?? 0)).toBeCloseTo(1, 2);
    for (const asset of ['ETH', 'BTC'])
      expect((realised.finalPrices[asset] ?? 0) / (predicted.finalPrice[asset] ?? 0)).toBeCloseTo(1, 3);
  }, 240_000);
});
