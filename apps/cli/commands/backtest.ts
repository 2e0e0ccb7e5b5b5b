import { resolve } from 'node:path';
import { backtest, backtestTable, EPISODES, readEpisode } from '#libs/sources/index';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Output } from '../output.js';

/** Compares simulated with recorded liquidations of the Maker ETH-B vaults in the falls of 2021 and 2022. */
export function backtestCommand(
  options: { readonly data: string; readonly fit: string },
  out: Output,
): ExitCode {
  const episodes = EPISODES.map((files) => {
    out.progress(`Reading ${files.name} ...`);
    return readEpisode(files, (file) => resolve(options.data, file));
  });
  const result = backtest(episodes, options.fit);
  out.result(result, () => backtestTable(result));
  return EXIT.fine;
}
