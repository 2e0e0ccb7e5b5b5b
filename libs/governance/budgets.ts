import type { Policy } from './policy.js';
import type { Regime } from './regime.js';

/** One tightening that was authorised, with the size of its cut of the liquidation threshold (or LTV if that is larger). */
export interface TightenSpend {
  readonly at: number;
  readonly bps: number;
  readonly regime: Regime;
}

/** What the tightening lever may still do for one (member, asset). */
export interface TightenBudget {
  readonly stepBps: number;
  /** Chain time before which no further step is allowed. */
  readonly notBefore: number;
}

/**
 * Remaining tightening budget: the step of the regime, cut by what the rolling window has left. Steps count gross (a later
 * relaxation frees nothing); `driftReservedBps` of the window can be used in EMERGENCY only.
 *
 * @param spent earlier steps on the same (member, asset), any order
 * @param now chain time in unix seconds
 */
export function tightenBudget(
  spent: readonly TightenSpend[],
  now: number,
  rest: { readonly regime: Regime; readonly policy: Policy },
): TightenBudget {
  const limits = rest.policy.tighten;
  const emergency = rest.regime === 'EMERGENCY';
  const recent = spent.filter((s) => s.at > now - limits.driftWindowSec && s.at <= now);
  const used = recent.reduce((sum, s) => sum + s.bps, 0);
  const usedOrdinary = recent.filter((s) => s.regime !== 'EMERGENCY').reduce((sum, s) => sum + s.bps, 0);
  const left = emergency
    ? limits.driftBps - used
    : Math.min(limits.driftBps - used, limits.driftBps - limits.driftReservedBps - usedOrdinary);
  const step = emergency ? limits.emergencyStepBps : limits.stepBps;
  const last = spent.reduce((latest, s) => Math.max(latest, s.at), Number.NEGATIVE_INFINITY);
  const notBefore = Number.isFinite(last) ? last + limits.minIntervalSec : 0;
  return { stepBps: Math.max(0, Math.min(step, left)), notBefore };
}

/** One authorised spend of the backstop, in whole USD. */
export interface BackstopSpend {
  readonly at: number;
  readonly usd: number;
}

const DAY = 86_400;
const MONTH = 30 * DAY;
const BPS = 10_000;

/**
 * Whole USD that one class B0 event may still spend: the smallest of the per-event, 24-hour and 30-day shares of the fund and
 * the distance to its floor (a share of the fund before the spends of the last 30 days), rounded down.
 *
 * @param fundUsd the smaller of the fund now and its lowest value of the last 24 hours, by internal accounting
 * @param spent earlier tranches, any order
 */
export function backstopBudget(
  fundUsd: number,
  spent: readonly BackstopSpend[],
  rest: { readonly now: number; readonly policy: Policy },
): number {
  const limits = rest.policy.backstop;
  const within = (sec: number): number =>
    spent.filter((s) => s.at > rest.now - sec && s.at <= rest.now).reduce((sum, s) => sum + s.usd, 0);
  const month = within(MONTH);
  const left = Math.min(
    (fundUsd * limits.perEventBps) / BPS,
    (fundUsd * limits.perDayBps) / BPS - within(DAY),
    (fundUsd * limits.perMonthBps) / BPS - month,
    fundUsd - ((fundUsd + month) * limits.floorBps) / BPS,
  );
  return Math.max(0, Math.floor(left));
}
