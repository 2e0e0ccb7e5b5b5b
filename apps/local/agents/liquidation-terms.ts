import { parseAbi } from 'viem';
import type { LocalMarket } from './market.js';

export interface LiquidationTerms {
  /** Share of the collateral's value that counts toward health. */
  readonly lt: number;
  /** 0.05: a repayer of 1 USD receives 1.05 USD of collateral. */
  readonly bonus: number;
  /** Share of the bonus that the market keeps. */
  readonly protocolFee: number;
}

export interface MarketTerms {
  /** Terms of a collateral for an account in an e-mode category (0 for none). */
  termsOf(eMode: number, asset: string): LiquidationTerms;
}

const configurationAbi = parseAbi([
  'function getConfiguration(address asset) view returns (uint256)',
  'struct CollateralConfig { uint16 ltv; uint16 liquidationThreshold; uint16 liquidationBonus; }',
  'function getEModeCategoryCollateralConfig(uint8 id) view returns (CollateralConfig)',
  'function getEModeCategoryCollateralBitmap(uint8 id) view returns (uint128)',
]);
export const userEModeAbi = parseAbi(['function getUserEMode(address user) view returns (uint256)']);

const NOTHING: LiquidationTerms = { lt: 0, bonus: 0, protocolFee: 0 };

/** Thresholds, bonuses and fees of each reserve and e-mode category as the market has them now. */
export async function readTerms({ ground, lending }: LocalMarket): Promise<MarketTerms> {
  const read = { address: lending.pool, abi: configurationAbi } as const;
  const words = await Promise.all(
    lending.reserves.map(({ underlying }) =>
      ground.client.readContract({ ...read, functionName: 'getConfiguration', args: [underlying] }),
    ),
  );
  const own = new Map(lending.reserves.map(({ asset }, i) => [asset, reserveTerms(words[i] ?? 0n)]));
  const categories = await Promise.all(
    lending.eModes.map(async (id) => {
      const [config, bitmap] = await Promise.all([
        ground.client.readContract({ ...read, functionName: 'getEModeCategoryCollateralConfig', args: [id] }),
        ground.client.readContract({ ...read, functionName: 'getEModeCategoryCollateralBitmap', args: [id] }),
      ]);
      const inside = new Set(
        lending.reserves.flatMap(({ asset }, i) => (((bitmap >> BigInt(i)) & 1n) === 1n ? [asset] : [])),
      );
      return [
        id,
        {
          lt: config.liquidationThreshold / 10_000,
          bonus: (config.liquidationBonus - 10_000) / 10_000,
          inside,
        },
      ] as const;
    }),
  );
  const byCategory = new Map(categories);
  return {
    termsOf(eMode, asset) {
      const terms = own.get(asset) ?? NOTHING;
      const category = byCategory.get(eMode);
      return category?.inside.has(asset) === true
        ? { ...terms, lt: category.lt, bonus: category.bonus }
        : terms;
    },
  };
}

/** Aave packs threshold, bonus and fee as 16-bit basis points into one word. */
function reserveTerms(word: bigint): LiquidationTerms {
  return {
    lt: bits(word, 16n) / 10_000,
    bonus: (bits(word, 32n) - 10_000) / 10_000,
    protocolFee: bits(word, 152n) / 10_000,
  };
}

function bits(word: bigint, from: bigint): number {
  return Number((word >> from) & 0xffffn);
}
