import { flowToPrice, marginalPrice, type Venues } from '../amm/index.js';
import type { OptionClock } from '../options/index.js';
import type { VaultRule } from '../scenario.js';
import { capitalAdequacy, hedgeSlippage, minCapitalAdequacy, type CapitalAdequacy } from '../vaults/index.js';
import type { OptionBooks } from './option-books.js';

/** Price shift whose LAC measures how deep the venues of a hedge are. */
const SLIPPAGE_SHIFT = 0.05;

/** One vault as it stands at some prices. */
export interface VaultView {
  /** Row of the vault in the option books. */
  readonly book: number;
  /** USD price of every asset. */
  readonly prices: Float64Array;
  readonly clock: OptionClock;
  /** Base units of hedge, and its profit (+) or loss (-) since the snapshot in USD. */
  readonly hedge: number;
  readonly hedgeEquityUsd: number;
  /** Share of the hedge's value that closing it costs. */
  readonly slippage: number;
  /** Present annual volatility of the underlying. */
  readonly vol: number;
}

/** A vault's capital against what its venue demands. */
export interface VaultStanding {
  readonly capital: CapitalAdequacy;
  readonly minRatio: number;
  /** The ratio is below its minimum: the vault is liquidated. */
  readonly short: boolean;
}

/** Judges one vault on its capital ratio (MODEL 12.3, 0.10). */
export function vaultStanding(options: OptionBooks, rule: VaultRule, view: VaultView): VaultStanding {
  const { book: b, prices, hedge, slippage } = view;
  const spot = prices[options.asset[b]!]!;
  const capital = capitalAdequacy({
    lines: options.curves[b]!.lines,
    spot,
    clock: view.clock,
    hedged: options.books[b]!.hedged,
    hedge,
    hedgeEquityUsd: view.hedgeEquityUsd,
    hedgeSlippageUsd: slippage * Math.abs(hedge) * spot,
    collateral: options.collateral[b]!.map(({ asset, units, inKind }) => ({
      usd: units * prices[asset]!,
      haircut: inKind === 'cash' ? 0 : rule.haircut,
      inKind,
    })),
  });
  const minRatio = minCapitalAdequacy({
    zScore: rule.zScore,
    vol: view.vol,
    delaySec: options.finalitySec[b]! + rule.oracleSec + rule.executionSec,
    slippage,
  });
  return { capital, minRatio, short: capital.ratio !== null && capital.ratio < minRatio };
}

/** Share of a hedge's value (base units, + long) that closing it on these venues would cost, from their LAC. */
export function slippageOn(venues: Venues, hedge: number): number {
  if (hedge === 0) return 0;
  const shift = hedge > 0 ? -SLIPPAGE_SHIFT : SLIPPAGE_SHIFT;
  const units = Math.abs(flowToPrice(venues, marginalPrice(venues) * (1 + shift)));
  return hedgeSlippage(hedge, { units, shift: SLIPPAGE_SHIFT });
}
