import { parseAbi } from 'viem';
import type { LocalMarket } from './market.js';

export interface LiquidationTerms {
  /** 0.05: a repayer of 1 USD receives 1.05 USD of collateral. */
  readonly bonus: number;
  /** Share of the bonus that the market keeps. */
  readonly protocolFee: number;
}

export interface MarketTerms {
  readonly byAsset: ReadonlyMap<string, LiquidationTerms>;
  /** Bonus of each e-mode category for the collateral inside it. */
  readonly eModeBonus: ReadonlyMap<number, number>;
}

const configurationAbi = parseAbi([
  'function getConfiguration(address asset) view returns (uint256)',
  'struct CollateralConfig { uint16 ltv; uint16 liquidationThreshold; uint16 liquidationBonus; }',
  'function getEModeCategoryCollateralConfig(uint8 id) view returns (CollateralConfig)',
]);

/** Bonus and fee of each reserve as the market has them now. */
export async function readTerms({ ground, lending }: LocalMarket): Promise<MarketTerms> {
  const read = { address: lending.pool, abi: configurationAbi } as const;
  const [words, categories] = await Promise.all([
    Promise.all(lending.reserves.map(({ underlying }) => ground.client.readContract({ ...read, functionName: 'getConfiguration', args: [underlying] }))),
    Promise.all(lending.eModes.map((id) => ground.client.readContract({ ...read, functionName: 'getEModeCategoryCollateralConfig', args: [id] }))),
  ]);
  const byAsset = new Map(lending.reserves.map(({ asset }, i) => [asset, { bonus: (bits(words[i] ?? 0n, 32n) - 10_000) / 10_000, protocolFee: bits(words[i] ?? 0n, 152n) / 10_000 }]));
  return { byAsset, eModeBonus: new Map(lending.eModes.map((id, i) => [id, ((categories[i]?.liquidationBonus ?? 10_000) - 10_000) / 10_000])) };
}

/** A 16-bit field of the packed configuration word. */
function bits(word: bigint, from: bigint): number {
  return Number((word >> from) & 0xffffn);
}
