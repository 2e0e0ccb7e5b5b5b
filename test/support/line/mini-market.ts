import type { ChainBlock, Digest } from '#libs/application/index';
import { type MarketSnapshot, positionsOf, type Snapshot } from '#libs/market/index';
import {
  aLendingMarket,
  aLendingProtocol,
  anAsset,
  aPool,
  aPosition,
  aSnapshot,
  aStable,
  CHAIN_ID,
} from '../builders.js';

/** ETH of the one borrower of the mini market. */
const COLLATERAL = 100;
const POOL_ETH = 10_000;
const BPS = 10_000;

/** The member and asset of the mini market. */
export const MEMBER = 'aave-local';
export const ASSET = 'ETH';

/**
 * A market of one borrower, read from a block of the in-memory chain. The borrower repays what the liquidation threshold does not
 * allow, so that a tightening shows in the next snapshot.
 */
export function miniMarket(block: ChainBlock, parent: Digest): Snapshot {
  const { price, debtUsd, margins } = block.state;
  const margin = margins[ASSET] ?? { ltvBps: 8_000, ltBps: 8_250 };
  const debt = Math.min(debtUsd, (COLLATERAL * price * margin.ltBps) / BPS);
  const eth = aLendingMarket({ asset: ASSET, ltv: margin.ltvBps / BPS, lt: margin.ltBps / BPS });
  const usdc = aLendingMarket({ asset: 'USDC', ltv: 0.75, lt: 0.78, bonus: 0.045 });
  return aSnapshot({
    provenance: {
      t0: block.time,
      blocks: [{ chain: CHAIN_ID, number: block.number, hash: block.hash, parentHash: parent }],
      sources: ['mini market'],
    },
    assets: [anAsset({ spot: price }), aStable()],
    pools: [aPool({ reserveBase: POOL_ETH, reserveQuote: POOL_ETH * price })],
    lending: [
      aLendingProtocol({
        member: MEMBER,
        markets: [eth, usdc],
        positions: [aPosition({ collateral: { [ASSET]: COLLATERAL }, debt: { USDC: debt } })],
      }),
    ],
  });
}

/** Value of the collateral over the debt at which the mini market is even: 1 - D / (C S). */
export function evenShock(snapshot: MarketSnapshot): number {
  const [position] = snapshot.lending.flatMap((protocol) => [...positionsOf(protocol)]);
  const spot = snapshot.assets.find((a) => a.id === ASSET)?.spot ?? 0;
  return 1 - (position?.debt['USDC'] ?? 0) / ((position?.collateral[ASSET] ?? 0) * spot);
}

/** The same market with another liquidation threshold, after the borrower repaid down to it or drew up to its earlier debt. */
export function withThreshold(snapshot: Snapshot, ltBps: number, debtBefore: number): Snapshot {
  const [lending] = snapshot.lending;
  const [position] = lending?.positions ?? [];
  const spot = snapshot.assets.find((a) => a.id === ASSET)?.spot ?? 0;
  if (lending === undefined || position === undefined) return snapshot;
  const debt = Math.min(debtBefore, (COLLATERAL * spot * ltBps) / BPS);
  return { ...snapshot, lending: [{ ...lending, positions: [{ ...position, debt: { USDC: debt } }] }] };
}
