import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { encodeSnapshot } from '#libs/market/index';
import { assembleMarket } from '#libs/sources/index';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Output } from '../output.js';

/** The market of 24 to 26 January 2026 with the Maker ETH-B book of 5 November 2022, by their places under the data folder. */
export const DEFAULT_FILES = {
  deribitChain: 'options/deribit_chain_20260126T212449Z.csv.gz',
  uniswapTicks: 'amm/univ3_mainnet_usdc_weth_005_ticks_202601.csv.gz',
  uniswapState: 'amm/univ3_mainnet_usdc_weth_005_state_202601.json',
  makerVaults: 'lending/maker_ethb_vaults_20221105T000000Z.csv',
  makerParameters: 'lending/maker_ethb_parameters.csv',
} as const;

export type AssembleOptions = { readonly [File in keyof typeof DEFAULT_FILES]: string } & {
  readonly data: string;
  readonly share?: number | undefined;
  readonly out?: string | undefined;
};

/** Makes one snapshot of a real market from files; the snapshot goes to standard output or to a file. */
export async function assembleCommand(options: AssembleOptions, out: Output): Promise<ExitCode> {
  const at = (file: string): string => resolve(options.data, file);
  const snapshot = assembleMarket({
    deribitChain: at(options.deribitChain),
    uniswapTicks: at(options.uniswapTicks),
    uniswapState: at(options.uniswapState),
    makerVaults: at(options.makerVaults),
    makerParameters: at(options.makerParameters),
    ...(options.share === undefined ? {} : { openInterestShare: options.share }),
  });
  const [lines, positions] = [
    snapshot.books.reduce((sum, book) => sum + book.options.length, 0),
    snapshot.lending.reduce((sum, protocol) => sum + protocol.positions.length, 0),
  ];
  out.progress(
    `${positions} positions, ${lines} option lines; from ${snapshot.provenance.sources.join('; ')}.`,
  );
  out.progress(`Snapshot root ${encodeSnapshot(snapshot).root}.`);
  if (options.out === undefined) out.result(snapshot, () => [JSON.stringify(snapshot)]);
  else await writeFile(options.out, `${JSON.stringify(snapshot)}\n`);
  return EXIT.fine;
}
