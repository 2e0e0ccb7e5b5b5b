import type { BackstopBound, BoundsReader, MarginBound } from '#libs/application/index';
import { POLICY, type Regime } from '#libs/governance/index';
import { memberKey } from '#libs/protocol/index';
import { backstopVaultAbi } from '#contracts/backstop-vault';
import { marginGuardAbi } from '#contracts/margin-guard';
import { zeroAddress } from 'viem';
import { chainClock } from './chain-clock.js';
import type { LineContext } from './context.js';

/** Index of each regime in the contracts' enum. */
const REGIME_INDEX = { GREEN: 0, WATCH: 1, TIGHTEN: 2, EMERGENCY: 3, RECOVERY: 4 } as const satisfies Record<
  Regime,
  number
>;

const UNLISTED = 0;

/** What MarginGuard and BackstopVault would still accept from the fast path, asked from the contracts themselves. */
export function boundsReader(context: LineContext): BoundsReader {
  return {
    async remaining(regime) {
      const [margins, backstops] = await Promise.all([
        marginBounds(context, regime),
        backstopBounds(context),
      ]);
      return { margins, backstops };
    },
  };
}

async function marginBounds(context: LineContext, regime: Regime): Promise<MarginBound[]> {
  const now = await chainClock(context).now();
  const listed = await Promise.all(
    context.deployment.lending.flatMap(({ member, reserves }) =>
      reserves.map((reserve) => marginBound(context, { member, regime, now, reserve })),
    ),
  );
  return listed.filter((bound) => bound !== null);
}

interface BoundQuery {
  readonly member: string;
  readonly regime: Regime;
  readonly now: number;
  readonly reserve: { readonly asset: string; readonly underlying: `0x${string}` };
}

async function marginBound(
  { client, deployment }: LineContext,
  query: BoundQuery,
): Promise<MarginBound | null> {
  const guard = { address: deployment.contracts.marginGuard, abi: marginGuardAbi } as const;
  const item = [memberKey(query.member), query.reserve.underlying] as const;
  const [margin, budget, minStepBps] = await Promise.all([
    client.readContract({ ...guard, functionName: 'current', args: item }),
    client.readContract({ ...guard, functionName: 'budget', args: [...item, REGIME_INDEX[query.regime]] }),
    client.readContract({ ...guard, functionName: 'STEP_MIN_BPS' }),
  ]);
  if (margin.status === UNLISTED) return null;
  const waiting = Number(budget.nextAllowedAt) > query.now;
  const left = Math.min(
    budget.stepBps,
    budget.driftLeftBps,
    budget.coalitionLeftBps,
    margin.ltBps - budget.floorLtBps,
  );
  return {
    member: query.member,
    asset: query.reserve.asset,
    ltvBps: margin.ltvBps,
    ltBps: margin.ltBps,
    maxStepBps: waiting ? 0 : Math.max(0, left),
    rampSec: POLICY.tighten.rampSec,
    minStepBps,
  };
}

async function backstopBounds({ client, deployment }: LineContext): Promise<BackstopBound[]> {
  const vault = { address: deployment.contracts.backstopVault, abi: backstopVaultAbi } as const;
  const [spend, asset] = await Promise.all([
    client.readContract({ ...vault, functionName: 'availableSpend' }),
    client.readContract({ ...vault, functionName: 'asset' }),
  ]);
  const money = deployment.assets.find(({ address }) => address.toLowerCase() === asset.toLowerCase());
  if (money === undefined) return [];
  const maxSpendUsd = Number(spend / 10n ** BigInt(money.decimals));
  const pairs = deployment.lending.flatMap(({ member, reserves }) =>
    reserves.map((reserve) => ({ member, reserve })),
  );
  const listed = await Promise.all(
    pairs.map(async ({ member, reserve }) => {
      const [cap, meter] = await Promise.all([
        client.readContract({ ...vault, functionName: 'holdingCap', args: [reserve.underlying] }),
        client.readContract({ ...vault, functionName: 'debtMeter', args: [memberKey(member)] }),
      ]);
      return cap === 0n || meter === zeroAddress
        ? null
        : { member, collateral: reserve.asset, debtAsset: money.id, maxSpendUsd };
    }),
  );
  return listed.filter((bound) => bound !== null);
}
