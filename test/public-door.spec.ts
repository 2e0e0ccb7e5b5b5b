import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as door from '#libs/dlcm/index';

const ENGINE = join(import.meta.dirname, '..', '..', 'libs', 'dlcm');

/** The operations that analysts call from a notebook (MODEL 14). */
const OPERATIONS = `
bsGreeks black76 impliedVol v2AmountOut v2AmountIn v3ComputeSwapStep v3NextSqrtPriceFromInput v3NextSqrtPriceFromOutput
v3Amount0Delta v3Amount1Delta v3SqrtRatioAtTick v3TickAtSqrtRatio v3LiquidityForAmounts v3PoolSwap v3OracleTickCumulatives
stableswapD stableswapY stableswapExchangeRaw stableswapVirtualPrice aaveHealthFactor aaveLiquidation compoundSeizeTokens
compoundAccountLiquidity clearingVector sviSlice sviArbitrageCheck sviCalendarCheck sviRawToJw sviJwRepair sabrVol varNormal
varEsNormal varStudentT portfolioVar ewmaVol impermanentLossV2 impermanentLossUsd impermanentLossV3 hhi loopLeverage
loopDepthFromLeverage rehypothecation lac lacByChain gex gexNaive gammaNeutralityPrice hedgeFlowCurve capitalDemand dlcmRun
ssfThreshold lossWaterfall backstopTokenSale minimalBackstop minimalMarginTightening collateralHaircutBreakpoint
deltaHedgedStep deltaBandTrade capitalAdequacy minCapitalAdequacy maxLeverageRaw perpLiquidationPrice annualisedBasis
openInterestImbalance fairLpPrice lstPrice receiptTokenPrice nestedNav
`
  .trim()
  .split(/\s+/);

const sources = readdirSync(ENGINE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .map((file) => readFileSync(join(ENGINE, file), 'utf8'));

/** The doc comment right above an exported function, null without one. */
function documentation(name: string): string | null {
  for (const source of sources) {
    const at = source.search(new RegExp(`^export function\\*? ${name}\\b`, 'm'));
    if (at < 0) continue;
    const before = source.slice(0, at).trimEnd();
    return before.endsWith('*/') ? before.slice(before.lastIndexOf('/**')) : null;
  }
  return null;
}

describe('the public door of libs/dlcm', () => {
  it('default: every operation is exported from one place', () => {
    expect(OPERATIONS.filter((name) => typeof Reflect.get(door, name) !== 'function')).toEqual([]);
  });

  it('behavior: every exported operation is documented where it is defined', () => {
    const bare = OPERATIONS.filter((name) => documentation(name) === null);
    expect(bare).toEqual([]);
  });
});
