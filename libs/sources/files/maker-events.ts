import { readCsv } from './csv-table.js';

const KINDS = ['deposit', 'withdraw', 'borrow', 'repay', 'liquidate'] as const;

/** One recorded action on a Maker vault. */
export interface MakerEvent {
  /** Unix seconds. */
  readonly time: number;
  readonly kind: (typeof KINDS)[number];
  readonly vault: string;
  /** Ether moved; rounded to whole ether for liquidations in the source. */
  readonly eth: number;
  /** Dai borrowed or repaid; for a liquidation the debt at that moment. */
  readonly dai: number;
}

/** All recorded actions of a vault type, oldest first. */
export function readMakerEvents(path: string): MakerEvent[] {
  const rows = readCsv(path, ['ts', 'event', 'vault', 'amount_eth', 'amount_dai']);
  return rows
    .map((row) => ({
      time: row.number('ts'),
      kind: row.oneOf('event', KINDS),
      vault: row.text('vault'),
      eth: row.optionalNumber('amount_eth') ?? 0,
      dai: row.optionalNumber('amount_dai') ?? 0,
    }))
    .sort((a, b) => a.time - b.time);
}
