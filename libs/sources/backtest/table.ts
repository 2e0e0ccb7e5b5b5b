import type { Backtest, BacktestRow, Comparison } from './maker-backtest.js';

const percent = (share: number | null): string => (share === null ? '-' : `${(100 * share).toFixed(0)} %`);
const million = (dai: number): string => (dai / 1e6).toFixed(2);

/** The comparison as a Markdown table: the same text on the command line and in docs/model/backtest.md. */
export function backtestTable({ rows, reaction, fittedOn }: Backtest): readonly string[] {
  const header = [
    'episode',
    'fall',
    'vaults',
    'recorded: number, m DAI',
    'nobody reacts: number, m DAI, precision, recall',
    `${percent(reaction)} react (fitted on ${fittedOn}): number, m DAI, precision, recall`,
    'own best share',
    'spared owners seen to act',
  ];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map((row) => line(cellsOf(row)))];
}

function cellsOf(row: BacktestRow): readonly string[] {
  return [
    row.episode,
    percent(row.fall),
    `${row.vaults}`,
    `${row.recorded.vaults}, ${million(row.recorded.dai)}`,
    compared(row.nobodyReacts, 0),
    compared(row.withReaction, 1),
    percent(row.ownReaction),
    percent(row.seenToReact),
  ];
}

function compared({ vaults, dai, precision, recall }: Comparison, digits: number): string {
  return `${vaults.toFixed(digits)}, ${million(dai)}, ${percent(precision)}, ${percent(recall)}`;
}
