import type { Scenario, SsfSearch } from './scenario.js';

/**
 * The policy side of one evaluation, as versioned data: what is assumed about the shock and how finely it is searched.
 * Two evaluations are comparable only when their parameters are equal.
 */
export interface Parameters {
  readonly version: 'dlcm-parameters/1';
  /** Factor of the headline shock; null takes the asset that carries most collateral value (ties by id). */
  readonly shockAsset: string | null;
  readonly direction: 'down' | 'up';
  /** Shock size of the reference run whose breakdown is published. */
  readonly referenceShock: number;
  readonly scenario: Omit<Scenario, 'shock'>;
  readonly search: SsfSearch;
  /** Shock sizes of the published loss curve. */
  readonly lossCurve: readonly number[];
}

const LOSS_CURVE = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

/**
 * Parameters of the published evaluation.
 *
 * Origin of each value: the shock of 40 % over 900 s with an exponential front, 12 s ticks, full permanent impact
 * and no liquidity flight are the model text's defaults (docs/model); 12 s is one Ethereum slot; the realised-volatility
 * weight 0.15 and the scan step 0.0025 with tolerance 1e-4 come from the measurements quoted there. Loss weights are
 * the `seed` basis: every component counts in full. Vault rule: the 99 % quantile; 60 s for an oracle and one slot to
 * execute; a 10 % haircut covers the 99 % move of one day at 80 % volatility (2.326 x 0.8 / sqrt(365) = 9.7 %).
 */
export const DEFAULT_PARAMETERS: Parameters = {
  version: 'dlcm-parameters/1',
  shockAsset: null,
  direction: 'down',
  referenceShock: 0.4,
  scenario: {
    alsoShocked: [],
    path: { shape: 'exp', durationSec: 900, stepSec: 12 },
    level: 'v3',
    iv: 'endogenous',
    timeDecay: true,
    hedgeFlow: true,
    liquidityFlight: 0,
    permanentImpact: 1,
    liquidatorLimit: true,
    inventoryShare: 0,
    realisedVolWeight: 0.15,
    lossBasis: { badDebt: 1, latentBadDebt: 1, impermanentLoss: 1, vaultDeficit: 1 },
    vaultRule: { zScore: 2.326, oracleSec: 60, executionSec: 12, haircut: 0.1 },
    perpPassThrough: 1,
    governanceReflexivity: 0,
  },
  search: { maxShock: 0.95, step: 0.0025, tolerance: 1e-4, triggerPoints: 256, certify: false },
  lossCurve: LOSS_CURVE,
};

/**
 * Scenario of a shock of the given size to one asset under these parameters.
 *
 * @example scenarioOf(DEFAULT_PARAMETERS, 'ETH', 0.4).shock // { asset: 'ETH', size: 0.4, direction: 'down' }
 */
export function scenarioOf(parameters: Parameters, asset: string, size: number): Scenario {
  return { ...parameters.scenario, shock: { asset, size, direction: parameters.direction } };
}
