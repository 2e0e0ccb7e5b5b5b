import { encodeFunctionData, type Address } from 'viem';
import type { Request } from '../deploy/batch-sender.js';
import { priceOf, sqrtPriceX96Of } from '../uniswap-price.js';
import type { LocalMarket, VenuePool } from './market.js';
import { quoterAbi, swapRouterAbi, uniswapPoolAbi } from './venue-abis.js';

const DEADLINE = 2n ** 40n;
const SWAP_GAS = 3_000_000n;

export async function sqrtPriceOf(
  { ground }: Pick<LocalMarket, 'ground'>,
  { address }: VenuePool,
): Promise<bigint> {
  const [sqrtPriceX96] = await ground.client.readContract({
    address,
    abi: uniswapPoolAbi,
    functionName: 'slot0',
  });
  return sqrtPriceX96;
}

/** Quote per base on the pool now. */
export async function poolPrice(market: Pick<LocalMarket, 'ground'>, pool: VenuePool): Promise<number> {
  return priceOf(await sqrtPriceOf(market, pool), pool.shape);
}

/** Spends `amountIn` of a token, or less if the price limit is met first. */
export function swapRequest(
  { deployment }: LocalMarket,
  pool: VenuePool,
  trade: {
    readonly sellBase: boolean;
    readonly amountIn: bigint;
    readonly recipient: Address;
    readonly sqrtPriceLimitX96?: bigint;
  },
): Request {
  const [tokenIn, tokenOut] = trade.sellBase
    ? [pool.base.address, pool.quote.address]
    : [pool.quote.address, pool.base.address];
  const params = {
    tokenIn,
    tokenOut,
    fee: pool.feePips,
    recipient: trade.recipient,
    deadline: DEADLINE,
    amountIn: trade.amountIn,
    amountOutMinimum: 0n,
    sqrtPriceLimitX96: trade.sqrtPriceLimitX96 ?? 0n,
  };
  return {
    label: `swap on ${pool.id}`,
    to: deployment.uniswap.swapRouter,
    gas: SWAP_GAS,
    data: encodeFunctionData({ abi: swapRouterAbi, functionName: 'exactInputSingle', args: [params] }),
  };
}

/** Buys exactly `amountOut` of the base. */
export function buyExactRequest(
  { deployment }: LocalMarket,
  pool: VenuePool,
  trade: { readonly amountOut: bigint; readonly recipient: Address },
): Request {
  const params = {
    tokenIn: pool.quote.address,
    tokenOut: pool.base.address,
    fee: pool.feePips,
    recipient: trade.recipient,
    deadline: DEADLINE,
    amountOut: trade.amountOut,
    amountInMaximum: 2n ** 200n,
    sqrtPriceLimitX96: 0n,
  };
  return {
    label: `buy on ${pool.id}`,
    to: deployment.uniswap.swapRouter,
    gas: SWAP_GAS,
    data: encodeFunctionData({ abi: swapRouterAbi, functionName: 'exactOutputSingle', args: [params] }),
  };
}

/** Raw base that can be sold before the fee-exclusive price falls to `limit`; the chain's own quoter tells. */
export async function sellCapacity(
  { ground, deployment }: LocalMarket,
  pool: VenuePool,
  limit: number,
): Promise<bigint> {
  if ((await poolPrice({ ground }, pool)) <= limit) return 0n;
  const sqrtPriceLimitX96 = sqrtPriceX96Of(limit, pool.shape);
  const face = { tokenIn: pool.base.address, tokenOut: pool.quote.address, fee: pool.feePips };
  const quoted = await call(ground, deployment.uniswap.quoter, {
    functionName: 'quoteExactInputSingle',
    args: [{ ...face, amountIn: 2n ** 120n, sqrtPriceLimitX96 }],
  });
  if (quoted === 0n) return 0n;
  return call(ground, deployment.uniswap.quoter, {
    functionName: 'quoteExactOutputSingle',
    args: [{ ...face, amount: quoted, sqrtPriceLimitX96: 0n }],
  });
}

type Quote =
  | {
      readonly functionName: 'quoteExactInputSingle';
      readonly args: readonly [
        { tokenIn: Address; tokenOut: Address; amountIn: bigint; fee: number; sqrtPriceLimitX96: bigint },
      ];
    }
  | {
      readonly functionName: 'quoteExactOutputSingle';
      readonly args: readonly [
        { tokenIn: Address; tokenOut: Address; amount: bigint; fee: number; sqrtPriceLimitX96: bigint },
      ];
    };

async function call(ground: LocalMarket['ground'], quoter: Address, quote: Quote): Promise<bigint> {
  const face = { address: quoter, abi: quoterAbi } as const;
  const { result } =
    quote.functionName === 'quoteExactInputSingle'
      ? await ground.client.simulateContract({ ...face, functionName: quote.functionName, args: quote.args })
      : await ground.client.simulateContract({ ...face, functionName: quote.functionName, args: quote.args });
  return result[0];
}
