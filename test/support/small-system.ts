import { SeededRandom } from '#libs/numeric/index';
import type { LendingProtocol, Snapshot } from '#libs/market/index';
import {
  aBook,
  aConcentratedPool,
  aFund,
  aLendingMarket,
  aLendingProtocol,
  anAsset,
  anOptionLine,
  aPool,
  aPosition,
  aSnapshot,
  aStable,
} from './builders.js';

/**
 * A random small coupled system for property tests, reproducible from its seed: ETH and BTC against USDC, one or two
 * protocols with two to seven accounts each (some short ETH, some with two collaterals), pools of both kinds, at most one book.
 * Dust rules are off, so that splitting an account changes nothing but event counts.
 */
export function smallSystem(seed: number): Snapshot {
  const random = new SeededRandom(`small-system-${seed}`);
  const protocols = 1 + random.int(2);
  return aSnapshot({
    assets: [
      anAsset(),
      anAsset({ id: 'BTC', spot: 60_000, sigmaRef: 0.6, beta: { BTC: 1, ETH: 0.8 } }),
      aStable(),
    ],
    pools: [
      aPool({ owner: random.next() < 0.3 ? 'member-0' : null }),
      aConcentratedPool(),
      aPool({ id: 'btc-usdc-30', base: 'BTC', reserveBase: 200, reserveQuote: 12_000_000 }),
    ],
    lending: Array.from({ length: protocols }, (_, i) => aSmallProtocol(random, i)),
    books:
      random.next() < 0.5
        ? []
        : [
            aBook({
              options: [
                anOptionLine({ id: 'p', strike: 1800, quantity: -200 - 600 * random.next() }),
                anOptionLine({ id: 'c', type: 'C', strike: 2300, quantity: -100 }),
              ],
            }),
          ],
    funds: [aFund({ usd: 20_000 * random.next(), covers: ['member-0', 'member-1'] })],
    dao: { backstopUsd: 1000, members: ['member-0', 'member-1'] },
  });
}

function aSmallProtocol(random: SeededRandom, index: number): LendingProtocol {
  const latencySec = random.next() < 0.5 ? 0 : 24;
  return aLendingProtocol({
    id: `lend-${index}`,
    member: `member-${index}`,
    oracle: { latencySec, twapSec: random.next() < 0.3 ? 36 : 0, heartbeatSec: null, deviation: null },
    dustUsd: 0,
    minLeftoverUsd: 0,
    insuranceUsd: 10_000 * random.next(),
    markets: [
      aLendingMarket(),
      aLendingMarket({ asset: 'BTC', lt: 0.78, bonus: 0.06 }),
      aLendingMarket({ asset: 'USDC', lt: 0.78, bonus: 0.045 }),
    ],
    positions: Array.from({ length: 2 + random.int(6) }, (_, j) => aSmallPosition(random, `account-${j}`)),
  });
}

function aSmallPosition(random: SeededRandom, id: string) {
  const eth = 20 + 500 * random.next();
  const health = 1.02 + 0.6 * random.next();
  const kind = random.next();
  if (kind < 0.15) {
    const short = eth / 2;
    return aPosition({ id, collateral: { USDC: (short * 2000 * health) / 0.78 }, debt: { ETH: short } });
  }
  if (kind < 0.35) {
    const btc = eth / 40;
    const capacity = eth * 2000 * 0.825 + btc * 60_000 * 0.78;
    return aPosition({ id, collateral: { ETH: eth, BTC: btc }, debt: { USDC: capacity / health } });
  }
  return aPosition({ id, collateral: { ETH: eth }, debt: { USDC: (eth * 2000 * 0.825) / health } });
}
