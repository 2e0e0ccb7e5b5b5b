import type { BackstopAction, MarginAction } from '#libs/application/index';
import type { Address } from 'viem';
import { ChainError } from '../chain-error.js';
import type { Deployment } from '../deployment.js';
import { memberKey } from './member-id.js';

/** Discounts and duration of every tranche: from the smallest the vault accepts upward, over one day. */
const START_DISCOUNT_BPS = 200;
const END_DISCOUNT_BPS = 500;
const TRANCHE_SEC = 86_400;

/** Arguments of the on-chain call of each action, in the contracts' units. */
export function tightenParams(deployment: Deployment, action: MarginAction) {
  return { member: memberKey(action.member), asset: addressOf(deployment, action.asset), ltvBps: action.ltvBpsTo, ltBps: action.ltBpsTo, rampSec: action.rampSec };
}

export function auctionParams(deployment: Deployment, action: BackstopAction) {
  const money = assetOf(deployment, action.debtAsset);
  return {
    member: memberKey(action.member),
    collateral: addressOf(deployment, action.collateral),
    maxSpend: BigInt(action.maxSpendUsd) * 10n ** BigInt(money.decimals),
    startDiscountBps: START_DISCOUNT_BPS,
    endDiscountBps: END_DISCOUNT_BPS,
    durationSec: TRANCHE_SEC,
  };
}

interface Baseline {
  readonly ltvBps: number;
  readonly ltBps: number;
  readonly bonusBps: number;
  readonly floorLtvBps: number;
  readonly floorLtBps: number;
  readonly weightBps: number;
}

export function baselineParams(deployment: Deployment, action: MarginAction, now: Baseline) {
  return {
    member: memberKey(action.member),
    asset: addressOf(deployment, action.asset),
    baseline: { ...now, ltvBps: action.ltvBpsTo, ltBps: action.ltBpsTo },
    rampSec: action.rampSec,
  };
}

function addressOf(deployment: Deployment, asset: string): Address {
  return assetOf(deployment, asset).address;
}

function assetOf(deployment: Deployment, asset: string): Deployment['assets'][number] {
  const found = deployment.assets.find(({ id }) => id === asset);
  if (found === undefined) throw new ChainError('CHN-604', `The deployment lists no asset "${asset}". Accepted: ${deployment.assets.map(({ id }) => id).join(', ')}.`, { asset });
  return found;
}
