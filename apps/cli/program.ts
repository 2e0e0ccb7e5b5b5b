import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { EPISODES } from '#libs/sources/index';
import { assembleCommand, type AssembleOptions, DEFAULT_FILES } from './commands/assemble.js';
import { backtestCommand } from './commands/backtest.js';
import { convertCommand } from './commands/convert.js';
import { evaluateCommand } from './commands/evaluate.js';
import { explainCommand } from './commands/explain.js';
import { replayCommand } from './commands/replay.js';
import type { CliEngine } from './engine.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { Output, type TextSink } from './output.js';

export interface Surroundings {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly color: boolean;
  /** Where the real market data lies unless stated. */
  readonly dataFolder: string;
  /** Unix seconds. */
  now(): number;
  engine(): CliEngine;
}

/** Runs one command line and says how it ended. Nothing here ends the process, so that a test can call it. */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  let code: ExitCode = EXIT.fine;
  const program = srd(surroundings, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.fine : EXIT.usage;
    surroundings.stderr.write(`srd: ${described(thrown)}\n`);
    return EXIT.failure;
  }
}

interface Wiring {
  readonly program: Command;
  readonly surroundings: Surroundings;
  readonly ended: (code: ExitCode) => void;
}

function srd(surroundings: Surroundings, ended: (code: ExitCode) => void): Command {
  const program = new Command('srd')
    .description(
      'Evaluate, replay and explain the solvency of a coalition.\n\nExit codes: 0 fine, 1 failure, 2 usage, 3 breach found, 4 stale data.',
    )
    .option('--json', 'print the result as one JSON document')
    .option('--quiet', 'print no progress')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => surroundings.stdout.write(text),
      writeErr: (text) => surroundings.stderr.write(text),
    });
  const wiring = { program, surroundings, ended };
  for (const add of [addEvaluate, addAssemble, addConvert, addReplay, addExplain, addBacktest]) add(wiring);
  return program;
}

function outputOf({ stdout, stderr, color }: Surroundings, command: Command): Output {
  const { json = false, quiet = false } = command.optsWithGlobals<{ json?: boolean; quiet?: boolean }>();
  return new Output({ data: stdout, progress: stderr }, { json, quiet, color });
}

function addEvaluate({ program, surroundings, ended }: Wiring): void {
  program
    .command('evaluate <snapshot>')
    .description(
      'compute the evaluation of a snapshot file (JSON or Arrow); exit 3 when the SSF threshold is below the safety level',
    )
    .addOption(
      new Option('--max-age <seconds>', 'call the snapshot stale (exit 4) when it is older').argParser(
        wholeNumber,
      ),
    )
    .action(async (file: string, options: { maxAge?: number }, command: Command) => {
      const parts = { engine: surroundings.engine(), out: outputOf(surroundings, command) };
      ended(await evaluateCommand(file, { ...options, now: surroundings.now() }, parts));
    });
}

function addConvert({ program, surroundings, ended }: Wiring): void {
  program
    .command('convert <snapshot> <out>')
    .description(
      'write a snapshot file, or that of an evaluation by its address, as Apache Arrow (out ends in .arrow) or JSON (.json)',
    )
    .action(async (...[place, into, , command]: [string, string, object, Command]) =>
      ended(await convertCommand(place, into, outputOf(surroundings, command))),
    );
}

function addAssemble({ program, surroundings, ended }: Wiring): void {
  program
    .command('assemble')
    .description('make one snapshot of a real market from files: option chain, pool ticks, vault book')
    .option('--data <folder>', 'folder that the file options are relative to', surroundings.dataFolder)
    .option('--deribit-chain <csv>', 'option chain of Deribit', DEFAULT_FILES.deribitChain)
    .option('--uniswap-ticks <csv>', 'initialised ticks of the Uniswap v3 pool', DEFAULT_FILES.uniswapTicks)
    .option('--uniswap-state <json>', 'state of that pool', DEFAULT_FILES.uniswapState)
    .option('--maker-vaults <csv>', 'vaults of Maker', DEFAULT_FILES.makerVaults)
    .option('--maker-parameters <csv>', 'parameter record of Maker', DEFAULT_FILES.makerParameters)
    .addOption(
      new Option(
        '--share <fraction>',
        'share of the open interest whose hedge reaches the pool, 0 to 0.99',
      ).argParser(shockSize),
    )
    .option('--out <file>', 'write the snapshot to this file instead of standard output')
    .action(async (options: AssembleOptions, command: Command) =>
      ended(await assembleCommand(options, outputOf(surroundings, command))),
    );
}

function addReplay({ program, surroundings, ended }: Wiring): void {
  program
    .command('replay <place>')
    .description(
      'fetch a published evaluation (address, bundle file or folder), verify its inputs and compute it again; exit 1 when bytes differ',
    )
    .option('--save <folder>', 'keep the bundle and its chunks')
    .action(async (place: string, options: { save?: string }, command: Command) => {
      ended(
        await replayCommand(place, options, {
          engine: surroundings.engine(),
          out: outputOf(surroundings, command),
        }),
      );
    });
}

function addExplain({ program, surroundings, ended }: Wiring): void {
  program
    .command('explain <snapshot>')
    .description('tell one cascade round by round')
    .addOption(new Option('--shock <fraction>', 'size of the shock, 0 to 0.99').argParser(shockSize))
    .option('--asset <id>', 'the shocked asset')
    .action(async (file: string, options: { shock?: number; asset?: string }, command: Command) => {
      ended(
        await explainCommand(file, options, {
          engine: surroundings.engine(),
          out: outputOf(surroundings, command),
        }),
      );
    });
}

function addBacktest({ program, surroundings, ended }: Wiring): void {
  program
    .command('backtest')
    .description(
      'compare simulated with recorded liquidations of the Maker ETH-B vaults in the falls of 2021 and 2022',
    )
    .option('--data <folder>', 'folder of the real market data', surroundings.dataFolder)
    .addOption(
      new Option('--fit <episode>', 'episode on which the share of reacting owners is fitted')
        .choices(EPISODES.map(({ name }) => name))
        .default('January 2022'),
    )
    .action((options: { data: string; fit: string }, command: Command) => {
      ended(backtestCommand(options, outputOf(surroundings, command)));
    });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('A whole number of seconds is accepted.');
  return Number(text);
}

function shockSize(text: string): number {
  const size = Number(text);
  if (text.trim() === '' || !(size >= 0 && size <= 0.99))
    throw new InvalidArgumentError('A fraction from 0 to 0.99 is accepted, for example 0.4.');
  return size;
}

function described(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const code = 'code' in thrown && typeof thrown.code === 'string' ? `${thrown.code} ` : '';
  return code === '' ? (thrown.stack ?? thrown.message) : `${code}${thrown.message}`;
}
