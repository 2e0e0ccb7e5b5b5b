import { basename } from 'node:path';
import { z } from 'zod';
import { priceOfSqrt, rangesOf, type InitialisedTick, type PoolTokens } from '../chain/tick-map.js';
import { SourceError } from '../source-error.js';
import { readCsv, readText } from './csv-table.js';
import type { LiquidityRange } from '#libs/market/index';

const integerText = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => BigInt(text));
const token = z.object({
  decimals: z
    .string()
    .regex(/^\d{1,2}$/)
    .transform(Number),
  symbol: z.string(),
});
const stateSchema = z.object({
  fee_pips: z.int().nonnegative(),
  tick_spacing: z.int().positive(),
  token0: token,
  token1: token,
  current_tick: z.int(),
  liquidity: integerText,
  sqrt_price_x96: integerText,
});

/** A Uniswap v3 pool read from a tick map and a state file; the base is the token that is not the dollar. */
export interface UniswapFilePool {
  readonly fee: number;
  readonly currentTick: number;
  /** Raw liquidity active at the current tick, as the pool states it. */
  readonly liquidity: bigint;
  readonly ticks: readonly InitialisedTick[];
  readonly tokens: PoolTokens;
  /** Quote per base of whole tokens. */
  readonly price: number;
  readonly ranges: readonly LiquidityRange[];
}

/** Full tick map (csv or csv.gz) and state (json) of one pool of the dollar against another token. */
export function readUniswapTicks(ticksPath: string, statePath: string): UniswapFilePool {
  const state = readState(statePath);
  const baseIsToken0 = !/^(USDC|USDT|DAI)$/.test(state.token0.symbol);
  const [base, quote] = baseIsToken0 ? [state.token0, state.token1] : [state.token1, state.token0];
  const tokens: PoolTokens = { baseIsToken0, baseDecimals: base.decimals, quoteDecimals: quote.decimals };
  const ticks = readCsv(ticksPath, ['tick', 'liquidity_net']).map((row) => ({
    tick: row.number('tick'),
    liquidityNet: row.integer('liquidity_net'),
  }));
  return {
    fee: state.fee_pips / 1_000_000,
    currentTick: state.current_tick,
    liquidity: state.liquidity,
    ticks,
    tokens,
    price: priceOfSqrt(state.sqrt_price_x96, tokens),
    ranges: rangesOf(ticks, tokens),
  };
}

function readState(path: string): z.infer<typeof stateSchema> {
  const text = readText(path);
  const parsed = stateSchema.safeParse(jsonOf(text, path));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new SourceError('SRC-205', `${basename(path)} is not a pool state: ${faults.join('; ')}.`, {
    path,
    faults,
  });
}

function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SourceError('SRC-205', `${basename(path)} is not JSON.`, { path }, { cause });
  }
}
