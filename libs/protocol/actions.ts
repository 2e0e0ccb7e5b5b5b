import type { Address } from './hex.js';

/** Margin parameters of one (member, asset) before and after; basis points as on Aave. */
export interface MarginAction {
  readonly lever: 'margin-tightening' | 'margin-baseline';
  readonly member: string;
  readonly asset: string;
  readonly ltvBpsFrom: number;
  readonly ltvBpsTo: number;
  readonly ltBpsFrom: number;
  readonly ltBpsTo: number;
  /** Seconds over which the liquidation threshold moves; 0 at once. */
  readonly rampSec: number;
}

/** A capped purchase of collateral by the backstop vault. Whole USD, rounded down. */
export interface BackstopAction {
  readonly lever: 'backstop-tranche';
  readonly member: string;
  readonly collateral: string;
  readonly debtAsset: string;
  readonly maxSpendUsd: number;
}

/** One change on chain, in model terms. */
export type PayloadAction = MarginAction | BackstopAction;

/** Addresses and units that actions are encoded with; a deployment file has this shape. */
export interface PayloadAddresses {
  readonly chainId: number;
  readonly assets: readonly { readonly id: string; readonly address: Address; readonly decimals: number }[];
  readonly contracts: {
    readonly evaluationRegistry: Address;
    readonly marginGuard: Address;
    readonly aaveMarginAdapter: Address;
    readonly backstopVault: Address;
    readonly openExecutor: Address;
    readonly coalitionToken: Address;
  };
  readonly safes: {
    readonly responder: { readonly address: Address };
    readonly council: { readonly address: Address };
  };
}

/** What binds a fast call to its proposal and evidence. */
export interface FastAuthority {
  readonly proposalId: `0x${string}`;
  readonly evaluationDigest: `0x${string}`;
  readonly payloadHash: `0x${string}`;
  readonly validUntil: number;
}

/**
 * Terms of every class B0 auction. The first discount is below what a bonus of 3 % leaves a liquidator after Aave's tenth of it
 * (2.7 %), so that filling pays from the start; the last is the smallest that the vault accepts. The money stays committed for
 * a day: longer than the ramp of a tightening, shorter than its lapse.
 */
export const AUCTION_TERMS = { startDiscountBps: 250, endDiscountBps: 200, durationSec: 86_400 } as const;
