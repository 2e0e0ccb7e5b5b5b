import {
  encodeDeployData,
  encodeFunctionData,
  zeroAddress,
  type Address,
  type PrivateKeyAccount,
} from 'viem';
import type { PoolPlan, RangePlan } from '../plan/plan.js';
import { priceOfTick, sqrtPriceX96Of, tickOf, type PairShape } from '../uniswap-price.js';
import { rawAmount } from './amounts.js';
import { approval } from './approval.js';
import type { BatchSender } from './batch-sender.js';
import { packageArtifact } from './package-artifact.js';
import { mintTokens, tokenOf, type Token, type Tokens } from './tokens.js';

const FACTORY = '@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json';
const POSITIONS =
  '@uniswap/v3-periphery/artifacts/contracts/NonfungiblePositionManager.sol/NonfungiblePositionManager.json';
const ROUTER = '@uniswap/v3-periphery/artifacts/contracts/SwapRouter.sol/SwapRouter.json';
const QUOTER = '@uniswap/v3-periphery/artifacts/contracts/lens/QuoterV2.sol/QuoterV2.json';
const POOL = '@uniswap/v3-core/artifacts/contracts/UniswapV3Pool.sol/UniswapV3Pool.json';

export interface UniswapVenues {
  readonly factory: Address;
  readonly quoter: Address;
  readonly swapRouter: Address;
  readonly positionManager: Address;
}

export interface DeployedPool {
  readonly plan: PoolPlan;
  readonly address: Address;
  readonly base: Token;
  readonly quote: Token;
  readonly shape: PairShape;
}

export interface Uniswap {
  readonly venues: UniswapVenues;
  readonly pools: readonly DeployedPool[];
}

export interface UniswapInput {
  readonly deployer: PrivateKeyAccount;
  readonly provider: PrivateKeyAccount;
  readonly tokens: Tokens;
  readonly quote: Token;
  readonly pools: readonly PoolPlan[];
}

/** The real factory, position manager, router and quoter, and pools at the opening prices with several ranges each. */
export async function deployUniswap(sender: BatchSender, input: UniswapInput): Promise<Uniswap> {
  const venues = deployVenues(sender, input.deployer, input.quote.address);
  for (const plan of input.pools)
    createPool(sender, input, { venues, base: tokenOf(input.tokens, plan.base), plan });
  await sender.flush();
  const pools = await Promise.all(input.pools.map((plan) => deployedPool(sender, input, { venues, plan })));
  provideLiquidity(sender, input, { venues, pools });
  return { venues, pools };
}

function deployVenues(sender: BatchSender, deployer: PrivateKeyAccount, wrapped: Address): UniswapVenues {
  const deploy = (path: string, args: readonly unknown[]): Address => {
    const { abi, bytecode } = packageArtifact(path);
    return sender.send(deployer, {
      label: path.split('/').at(-1) ?? path,
      data: encodeDeployData({ abi, bytecode, args }),
    });
  };
  const factory = deploy(FACTORY, []);
  return {
    factory,
    positionManager: deploy(POSITIONS, [factory, wrapped, zeroAddress]),
    swapRouter: deploy(ROUTER, [factory, wrapped]),
    quoter: deploy(QUOTER, [factory, wrapped]),
  };
}

function shapeOf(base: Token, quote: Token): PairShape {
  return {
    baseDecimals: base.decimals,
    quoteDecimals: quote.decimals,
    baseIsToken0: base.address.toLowerCase() < quote.address.toLowerCase(),
  };
}

function createPool(
  sender: BatchSender,
  { deployer, quote }: UniswapInput,
  { venues, base, plan }: { venues: UniswapVenues; base: Token; plan: PoolPlan },
): void {
  const shape = shapeOf(base, quote);
  const [token0, token1] = shape.baseIsToken0 ? [base.address, quote.address] : [quote.address, base.address];
  const data = encodeFunctionData({
    abi: packageArtifact(POSITIONS).abi,
    functionName: 'createAndInitializePoolIfNecessary',
    args: [token0, token1, plan.feePips, sqrtPriceX96Of(base.priceUsd, shape)],
  });
  sender.send(deployer, { label: `pool ${plan.id}`, to: venues.positionManager, data, gas: 7_000_000n });
}

async function deployedPool(
  sender: BatchSender,
  { tokens, quote }: UniswapInput,
  { venues, plan }: { venues: UniswapVenues; plan: PoolPlan },
): Promise<DeployedPool> {
  const base = tokenOf(tokens, plan.base);
  const address = (await sender.client.readContract({
    address: venues.factory,
    abi: packageArtifact(FACTORY).abi,
    functionName: 'getPool',
    args: [base.address, quote.address, plan.feePips],
  })) as Address;
  return { plan, address, base, quote, shape: shapeOf(base, quote) };
}

/** Room for time-weighted prices of the last minutes. */
const OBSERVATIONS = 60;

function provideLiquidity(
  sender: BatchSender,
  { provider, deployer, quote }: UniswapInput,
  { venues, pools }: { venues: UniswapVenues; pools: readonly DeployedPool[] },
): void {
  const positions = pools.flatMap((pool) => pool.plan.ranges.map((range) => positionOf(pool, range)));
  for (const token of new Set([quote, ...pools.map(({ base }) => base)])) {
    const raw = positions.reduce((sum, { amounts }) => sum + (amounts.get(token.address) ?? 0n), 0n);
    mintTokens(sender, deployer, { token, grants: [{ holder: provider.address, raw }] });
  }
  const abi = packageArtifact(POOL).abi;
  for (const { address } of pools) {
    const data = encodeFunctionData({
      abi,
      functionName: 'increaseObservationCardinalityNext',
      args: [OBSERVATIONS],
    });
    sender.send(deployer, { label: 'observations', to: address, data, gas: 3_000_000n });
  }
  for (const { mint, tokens } of positions.map((position) => ({
    mint: position.mint(venues, provider.address),
    tokens: position.tokens,
  }))) {
    for (const token of tokens) sender.send(provider, approval(token, venues.positionManager));
    sender.send(provider, mint);
  }
}

function positionOf(pool: DeployedPool, range: RangePlan) {
  const { base, quote, shape, plan } = pool;
  const ticks = [
    tickOf(base.priceUsd * range.lower, shape, plan.tickSpacing),
    tickOf(base.priceUsd * range.upper, shape, plan.tickSpacing),
  ].sort((a, b) => a - b) as [number, number];
  const bounds = ticks.map((tick) => Math.sqrt(priceOfTick(tick, shape))).sort((a, b) => a - b) as [
    number,
    number,
  ];
  const root = Math.sqrt(base.priceUsd);
  const liquidity = range.depthUsd / root;
  const baseRaw = rawAmount(liquidity * (1 / root - 1 / bounds[1]), base.decimals);
  const quoteRaw = rawAmount(liquidity * (root - bounds[0]), quote.decimals);
  const [first, second] = shape.baseIsToken0
    ? [
        { token: base, raw: baseRaw },
        { token: quote, raw: quoteRaw },
      ]
    : [
        { token: quote, raw: quoteRaw },
        { token: base, raw: baseRaw },
      ];
  return {
    amounts: new Map([
      [base.address, baseRaw],
      [quote.address, quoteRaw],
    ]),
    tokens: [base.address, quote.address],
    mint: (venues: UniswapVenues, recipient: Address) => ({
      label: `liquidity ${plan.id} ${range.lower}-${range.upper}`,
      to: venues.positionManager,
      gas: 900_000n,
      data: encodeFunctionData({
        abi: packageArtifact(POSITIONS).abi,
        functionName: 'mint',
        args: [
          {
            token0: first.token.address,
            token1: second.token.address,
            fee: plan.feePips,
            tickLower: ticks[0],
            tickUpper: ticks[1],
            amount0Desired: first.raw,
            amount1Desired: second.raw,
            amount0Min: 0n,
            amount1Min: 0n,
            recipient,
            deadline: 2n ** 40n,
          },
        ],
      }),
    }),
  };
}
