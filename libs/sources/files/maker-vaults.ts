import { SourceError } from '../source-error.js';
import { readCsv } from './csv-table.js';

/** One Maker vault at midnight of the file's date. */
export interface MakerVault {
  readonly vault: string;
  readonly collateralEth: number;
  readonly normalisedDebt: number;
  readonly debtDai: number;
}

/** Parameters of the vault type that a liquidation needs. */
export interface MakerParameters {
  /** Liquidation ratio: collateral value over debt below which a vault is liquidated (1.3). */
  readonly liquidationRatio: number;
  /** Penalty on the debt of a liquidated vault (0.13). */
  readonly penalty: number;
  /** Smallest debt of a vault in DAI. */
  readonly dustDai: number;
}

/** All vaults of one snapshot file. */
export function readMakerVaults(path: string): MakerVault[] {
  return readCsv(path, ['vault', 'collateral_eth', 'normalised_debt_art', 'debt_dai']).map((row) => ({
    vault: row.text('vault'),
    collateralEth: row.number('collateral_eth'),
    normalisedDebt: row.number('normalised_debt_art'),
    debtDai: row.number('debt_dai'),
  }));
}

/** The parameters in force at a time: the last change of each at or before it. */
export function readMakerParameters(path: string, time: number): MakerParameters {
  const latest = new Map<string, number>();
  const changes = readCsv(path, ['ts', 'parameter', 'to_value']).map((row) => ({
    ts: row.number('ts'),
    name: row.text('parameter'),
    row,
  }));
  for (const { ts, name, row } of changes.sort((a, b) => a.ts - b.ts)) {
    if (ts <= time && NEEDED.has(name)) latest.set(name, row.number('to_value'));
  }
  const valueOf = (name: string): number => {
    const value = latest.get(name);
    if (value !== undefined) return value;
    throw new SourceError(
      'SRC-204',
      `No value of ${name} is in force at ${time}. Pass a time after the vault type was opened.`,
      { name, time },
    );
  };
  return { liquidationRatio: valueOf(RATIO), penalty: valueOf(PENALTY), dustDai: valueOf(DUST) };
}

const RATIO = 'SPOTTER.ilks.mat';
const PENALTY = 'DOG.ilks.chop';
const DUST = 'VAT.ilks.dust';
const NEEDED = new Set([RATIO, PENALTY, DUST]);
