import { encodeFunctionData, erc20Abi, type PrivateKeyAccount } from 'viem';
import type { Deployment } from '#libs/chain/index';
import { aavePoolAbi } from '../aave/abis.js';
import { approval } from '../deploy/approval.js';
import { wholeAmount } from '../deploy/amounts.js';
import { localAccount } from '../keys.js';
import { drawBorrowers } from '../plan/borrowers.js';
import type { WorldPlan } from '../plan/plan.js';
import { readFeeds } from './accounts.js';
import { openLocalMarket, type LocalMarket, type ReserveEntry } from './market.js';

/** Health factors in 1e-4: whom a step of half a percentage point would come close to, and what they repay up to. */
const ALARM = 10_120n;
const COMFORT = 10_200n;
const WAD_TO_1E4 = 10n ** 14n;
const REPAY_GAS = 500_000n;

export interface RepayInput {
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  readonly seed: string;
  readonly plan: WorldPlan;
}

/**
 * Attentive borrowers whom an announced tightening would reach repay, out of what they borrowed, until their health factor is
 * 1.02; the others do nothing. Who is attentive is drawn with the borrowers.
 */
export async function repayAhead({
  rpcUrl,
  deployment,
  seed,
  plan,
}: RepayInput): Promise<{ readonly accounts: number; readonly usd: number }> {
  const market = await openLocalMarket(rpcUrl, { deployment, seed });
  const attentive = drawBorrowers(plan, seed).flatMap(({ attentive: watches, index }) =>
    watches ? [localAccount(seed, 'borrower', index)] : [],
  );
  const prices = await readFeeds(market);
  const repayments = (await Promise.all(attentive.map((account) => repaymentOf(market, account)))).filter(
    (repayment) => repayment !== null,
  );
  await market.ground.manualMining();
  try {
    await market.ground.adoptNonces(repayments.map(({ account }) => account.address));
    for (const repayment of repayments) sendRepayment(market, repayment);
    await market.ground.flush();
  } finally {
    await market.ground.intervalMining(plan.blockTimeSec);
  }
  const usd = repayments.reduce(
    (sum, { reserve, raw }) =>
      sum + wholeAmount(raw, decimalsOf(market, reserve)) * (prices.get(reserve.asset) ?? 0),
    0,
  );
  return { accounts: repayments.length, usd };
}

interface Repayment {
  readonly account: PrivateKeyAccount;
  readonly reserve: ReserveEntry;
  readonly raw: bigint;
}

/** The repayment of the largest debt that restores comfort, as far as the wallet reaches; null for a comfortable account. */
async function repaymentOf(
  { ground, lending }: LocalMarket,
  account: PrivateKeyAccount,
): Promise<Repayment | null> {
  const data = await ground.client.readContract({
    address: lending.pool,
    abi: aavePoolAbi,
    functionName: 'getUserAccountData',
    args: [account.address],
  });
  const health = data[5] / WAD_TO_1E4;
  if (data[1] === 0n || health >= ALARM || health < 10_000n) return null;
  const debts = await Promise.all(
    lending.reserves.map(async (reserve) => ({
      reserve,
      raw: await balance(ground, reserve.variableDebtToken, account),
    })),
  );
  const largest = debts.filter(({ raw }) => raw > 0n).sort((a, b) => (a.raw > b.raw ? -1 : 1))[0];
  if (largest === undefined) return null;
  const wanted = (largest.raw * (COMFORT - health)) / COMFORT;
  const wallet = await balance(ground, largest.reserve.underlying, account);
  const raw = wanted < wallet ? wanted : wallet;
  return raw === 0n ? null : { account, reserve: largest.reserve, raw };
}

function balance(
  ground: LocalMarket['ground'],
  token: `0x${string}`,
  { address }: PrivateKeyAccount,
): Promise<bigint> {
  return ground.client.readContract({
    address: token,
    abi: erc20Abi,
    functionName: 'balanceOf',
    args: [address],
  });
}

function sendRepayment({ ground, lending }: LocalMarket, { account, reserve, raw }: Repayment): void {
  ground.send(account, approval(reserve.underlying, lending.pool));
  const data = encodeFunctionData({
    abi: aavePoolAbi,
    functionName: 'repay',
    args: [reserve.underlying, raw, 2n, account.address],
  });
  ground.send(account, { label: `repayment of ${account.address}`, to: lending.pool, data, gas: REPAY_GAS });
}

function decimalsOf({ deployment }: LocalMarket, { asset }: ReserveEntry): number {
  return deployment.assets.find(({ id }) => id === asset)?.decimals ?? 18;
}
