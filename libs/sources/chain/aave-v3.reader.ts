import { erc20Abi, parseAbi } from 'viem';
import type { Deployment } from '#libs/chain/index';
import type { EMode, LendingMarket, LendingProtocol, OracleRule, Position } from '#libs/market/index';
import { SourceError } from '../source-error.js';
import { holdersByEvents } from './aave-accounts.js';
import {
  bonusOf,
  decodeReserveBitmap,
  decodeReserveConfiguration,
  decodeUserConfiguration,
  type ReserveConfiguration,
} from './aave-configuration.js';
import type { PinnedReader } from './pinned-reader.js';
import { wholeTokens } from './whole-tokens.js';

const poolAbi = parseAbi([
  'function getReservesList() view returns (address[])',
  'function getConfiguration(address asset) view returns (uint256)',
  'function getReserveNormalizedIncome(address asset) view returns (uint256)',
  'function getReserveNormalizedVariableDebt(address asset) view returns (uint256)',
  'function getReserveAToken(address asset) view returns (address)',
  'function getReserveVariableDebtToken(address asset) view returns (address)',
  'function getReserveAddressById(uint16 id) view returns (address)',
  'function getReservesCount() view returns (uint256)',
  'function getUserConfiguration(address user) view returns (uint256)',
  'function getUserEMode(address user) view returns (uint256)',
  'function getEModeCategoryCollateralConfig(uint8 id) view returns (uint16 ltv, uint16 liquidationThreshold, uint16 liquidationBonus)',
  'function getEModeCategoryCollateralBitmap(uint8 id) view returns (uint128)',
]);
const tokenAbi = parseAbi(['function scaledBalanceOf(address user) view returns (uint256)']);
const oracleAbi = parseAbi(['function getAssetsPrices(address[] assets) view returns (uint256[])']);

/** One ray: 27 decimals of Aave's indices. */
const RAY = 10n ** 27n;
/** The oracle's unit is 8 decimals of a dollar. */
const ORACLE_DECIMALS = 8;

/** Liquidation rules of Aave v3.6 (LiquidationLogic.sol): half of the debt while HF > 0.95 and both sides are at least 2,000 USD; 1,000 USD must be left or the pair is closed. */
const CLOSE_FACTOR = { normal: 0.5, full: 1, fullBelowHf: 0.95 };
const DUST_USD = 2000;
const MIN_LEFTOVER_USD = 1000;

type LendingEntry = Deployment['lending'][number];

interface Reserve extends ReserveConfiguration {
  readonly reserveId: number;
  readonly asset: string;
  readonly underlying: `0x${string}`;
  readonly aToken: `0x${string}`;
  readonly debtToken: `0x${string}`;
  readonly income: bigint;
  readonly debtIndex: bigint;
}

export interface AaveReading {
  readonly protocol: LendingProtocol;
  /** Oracle price in USD by asset id. */
  readonly prices: ReadonlyMap<string, number>;
}

/** One Aave v3 market at the reader's block: all reserves, e-modes and accounts. */
export async function readAaveV3(
  reader: PinnedReader,
  deployment: Deployment,
  entry: LendingEntry,
): Promise<AaveReading> {
  const reserves = await readReserves(reader, deployment, entry);
  const prices = await reader.one(oracleAbi, 'getAssetsPrices', {
    address: entry.oracle,
    args: [reserves.map((reserve) => reserve.underlying)],
  });
  const accounts = await readAccounts(reader, entry, reserves);
  const usedModes = accounts.flatMap(({ eMode }) => (eMode === 0 ? [] : [eMode]));
  const eModes = await readEModes(reader, entry, {
    reserves,
    ids: [...new Set([...entry.eModes, ...usedModes])].sort((a, b) => a - b),
  });
  const byAsset = new Map(
    reserves.map((reserve, i) => [reserve.asset, wholeTokens(prices[i]!, ORACLE_DECIMALS)]),
  );
  return {
    prices: byAsset,
    protocol: {
      id: entry.id,
      chain: `eip155:${deployment.chainId}`,
      member: entry.member,
      oracle: oracleRule(deployment, reserves),
      closeFactor: CLOSE_FACTOR,
      dustUsd: DUST_USD,
      minLeftoverUsd: MIN_LEFTOVER_USD,
      liquidationDelaySec: 0,
      insuranceUsd: await readInsurance(reader, entry, { reserves, prices: byAsset }),
      safetyModule: null,
      markets: reserves.map(marketOf),
      eModes,
      positions: accounts.map(({ position }) => position),
    },
  };
}

/** What the holder of the insurance owns of the insured asset, in hand and supplied to the market. */
async function readInsurance(
  reader: PinnedReader,
  { insurance }: LendingEntry,
  {
    reserves,
    prices,
  }: { readonly reserves: readonly Reserve[]; readonly prices: ReadonlyMap<string, number> },
): Promise<number> {
  const reserve = reserves.find(({ asset }) => asset === insurance?.asset);
  if (insurance === null || reserve === undefined) return 0;
  const balances = await reader.all(erc20Abi, 'balanceOf', [
    { address: reserve.underlying, args: [insurance.holder] },
    { address: reserve.aToken, args: [insurance.holder] },
  ]);
  const raw = balances.reduce((sum, balance) => sum + balance, 0n);
  return wholeTokens(raw, reserve.decimals) * (prices.get(reserve.asset) ?? 0);
}

async function readReserves(
  reader: PinnedReader,
  deployment: Deployment,
  entry: LendingEntry,
): Promise<Reserve[]> {
  const address = entry.pool;
  const count = Number(await reader.one(poolAbi, 'getReservesCount', { address }));
  const underlyings = await reader.all(
    poolAbi,
    'getReserveAddressById',
    Array.from({ length: count }, (_, id) => ({ address, args: [id] as const })),
  );
  const calls = underlyings.map((underlying) => ({ address, args: [underlying] as const }));
  const [words, incomes, debtIndices, aTokens, debtTokens] = await Promise.all([
    reader.all(poolAbi, 'getConfiguration', calls),
    reader.all(poolAbi, 'getReserveNormalizedIncome', calls),
    reader.all(poolAbi, 'getReserveNormalizedVariableDebt', calls),
    reader.all(poolAbi, 'getReserveAToken', calls),
    reader.all(poolAbi, 'getReserveVariableDebtToken', calls),
  ]);
  return underlyings.map((underlying, i) => ({
    ...decodeReserveConfiguration(words[i]!),
    reserveId: i,
    asset: assetIdOf(deployment, entry, underlying),
    underlying,
    aToken: aTokens[i]!,
    debtToken: debtTokens[i]!,
    income: incomes[i]!,
    debtIndex: debtIndices[i]!,
  }));
}

function assetIdOf(deployment: Deployment, entry: LendingEntry, underlying: string): string {
  const asset = deployment.assets.find(
    (candidate) => candidate.address.toLowerCase() === underlying.toLowerCase(),
  );
  if (asset !== undefined) return asset.id;
  throw new SourceError(
    'SRC-109',
    `Market ${entry.pool} ("${entry.id}") lists reserve ${underlying}, which the deployment file's assets[] does not name. Add the asset; reserves are never dropped.`,
    { address: underlying, pool: entry.pool },
  );
}

function marketOf(reserve: Reserve): LendingMarket {
  const { asset, ltv, lt, bonus, protocolFee } = reserve;
  return { asset, ltv, lt, bonus, protocolFee, haircut: null };
}

interface Account {
  readonly position: Position;
  readonly eMode: number;
}

async function readAccounts(
  reader: PinnedReader,
  entry: LendingEntry,
  reserves: readonly Reserve[],
): Promise<Account[]> {
  const tokens = reserves.flatMap((reserve) => [reserve.aToken, reserve.debtToken]);
  const users = await holdersByEvents(reader, tokens, entry.fromBlock);
  const calls = users.map((user) => ({ address: entry.pool, args: [user] as const }));
  const [words, eModes] = await Promise.all([
    reader.all(poolAbi, 'getUserConfiguration', calls),
    reader.all(poolAbi, 'getUserEMode', calls),
  ]);
  const legs = users.flatMap((user, i) => legsOf(user, words[i]!, reserves));
  const balances = await reader.all(
    tokenAbi,
    'scaledBalanceOf',
    legs.map((leg) => ({ address: leg.token, args: [leg.user] as const })),
  );
  const amounts = new Map<string, { collateral: Record<string, number>; debt: Record<string, number> }>();
  legs.forEach((leg, i) => {
    const sides = amounts.get(leg.user) ?? { collateral: {}, debt: {} };
    const raw =
      leg.side === 'debt'
        ? rayMulUp(balances[i]!, leg.reserve.debtIndex)
        : (balances[i]! * leg.reserve.income) / RAY;
    if (raw > 0n) sides[leg.side][leg.reserve.asset] = wholeTokens(raw, leg.reserve.decimals);
    amounts.set(leg.user, sides);
  });
  return users.flatMap((user, i) => {
    const sides = amounts.get(user);
    const eMode = Number(eModes[i]!);
    if (sides === undefined) return [];
    return [
      { eMode, position: { id: user, ...sides, eMode: eMode === 0 ? null : String(eMode), topUp: null } },
    ];
  });
}

interface Leg {
  readonly user: `0x${string}`;
  readonly side: 'collateral' | 'debt';
  readonly reserve: Reserve;
  readonly token: `0x${string}`;
}

function legsOf(user: `0x${string}`, word: bigint, reserves: readonly Reserve[]): Leg[] {
  const { borrows, collateral } = decodeUserConfiguration(word);
  const of = (side: Leg['side'], ids: readonly number[]): Leg[] =>
    ids.flatMap((id) => {
      const reserve = reserves[id];
      return reserve === undefined
        ? []
        : [{ user, side, reserve, token: side === 'debt' ? reserve.debtToken : reserve.aToken }];
    });
  return [...of('collateral', collateral), ...of('debt', borrows)];
}

/** Debt is rounded up, as the protocol counts it. */
function rayMulUp(scaled: bigint, index: bigint): bigint {
  const product = scaled * index;
  return product === 0n ? 0n : (product - 1n) / RAY + 1n;
}

async function readEModes(
  reader: PinnedReader,
  entry: LendingEntry,
  wanted: { readonly reserves: readonly Reserve[]; readonly ids: readonly number[] },
): Promise<EMode[]> {
  const calls = wanted.ids.map((id) => ({ address: entry.pool, args: [id] as const }));
  const [configs, bitmaps] = await Promise.all([
    reader.all(poolAbi, 'getEModeCategoryCollateralConfig', calls),
    reader.all(poolAbi, 'getEModeCategoryCollateralBitmap', calls),
  ]);
  return wanted.ids.map((id, i) => {
    const [ltv, lt, bonus] = configs[i]!;
    const collateral = decodeReserveBitmap(bitmaps[i]!).flatMap(
      (reserveId) => wanted.reserves[reserveId]?.asset ?? [],
    );
    return { id: String(id), ltv: ltv / 10_000, lt: lt / 10_000, bonus: bonusOf(bonus), collateral };
  });
}

/** One rule per protocol: that of its slowest feed, as the deployment states latency, heartbeat and deviation. */
function oracleRule(deployment: Deployment, reserves: readonly Reserve[]): OracleRule {
  const used = new Set(reserves.map((reserve) => reserve.asset));
  const stable = new Set(
    deployment.assets.filter((asset) => asset.kind === 'stable').map((asset) => asset.id),
  );
  const feeds = deployment.feeds.filter((feed) => used.has(feed.asset) && !stable.has(feed.asset));
  const slowest = [...feeds].sort(
    (a, b) => b.latencySec - a.latencySec || a.asset.localeCompare(b.asset, 'en'),
  )[0];
  return {
    latencySec: slowest?.latencySec ?? 0,
    twapSec: 0,
    heartbeatSec: slowest?.heartbeatSec ?? null,
    deviation: slowest?.deviation ?? null,
  };
}
