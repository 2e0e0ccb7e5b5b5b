import { asRaw, type Raw } from './raw.js';
import type { Cell, Row, Rows } from './snapshot-tables.js';
import type { Snapshot } from './snapshot.js';

/** Rows of a table by their first columns, so that children find their parent in one look. */
function groupBy(rows: readonly Row[], keyColumns: number): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = row.slice(0, keyColumns).join('\u0000');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

type Children = (...key: readonly Cell[]) => readonly Row[];

function childrenOf(rows: readonly Row[], keyColumns: number): Children {
  const groups = groupBy(rows, keyColumns);
  return (...key) => groups.get(key.join('\u0000')) ?? [];
}

function record(rows: readonly Row[]): Record<string, Cell> {
  return Object.fromEntries(rows.map((row) => [String(row.at(-2)), row.at(-1)!]));
}

const levels = (rows: readonly Row[]) => rows.map(([, price, size]) => ({ price, size }));

/**
 * The snapshot that its rows describe, without positions, as plain unchecked data: parseMarket decides whether it is one.
 * Rows without a parent are lost here, so the caller compares the root of the result.
 */
export function assemble(rows: Rows): Raw<Snapshot> {
  const [format, t0] = rows.market[0] ?? [];
  return asRaw({
    format,
    provenance: {
      t0,
      blocks: rows.block.map(([chain, number, hash, parentHash]) => ({ chain, number, hash, parentHash })),
      sources: rows.source.map(([text]) => text),
    },
    assets: assets(rows),
    surfaces: surfaces(rows),
    pools: pools(rows),
    lending: lending(rows),
    perps: perps(rows),
    books: books(rows),
    ...settings(rows),
  });
}

function assets(rows: Rows): unknown[] {
  const betas = childrenOf(rows.beta, 1);
  return rows.asset.map(([id, spot, kind, rate, yieldRate, circulating, sigmaRef]) => {
    return { id, spot, kind, beta: record(betas(id!)), rate, yield: yieldRate, circulating, sigmaRef };
  });
}

function surfaces(rows: Rows): unknown[] {
  const slices = childrenOf(rows.slice, 1);
  const points = childrenOf(rows.gridPoint, 2);
  const model = ([id, expirySec, , kind, p0, p1, p2, p3, p4]: Row): unknown => {
    if (kind === 'svi') return { kind, a: p0, b: p1, rho: p2, m: p3, sigma: p4 };
    if (kind === 'sabr') return { kind, alpha: p0, beta: p1, nu: p2, rho: p3 };
    return { kind, points: points(id!, expirySec!).map(([, , strike, iv]) => ({ strike, iv })) };
  };
  return rows.surface.map(([id, asset]) => ({
    id,
    asset,
    slices: slices(id!).map((slice) => ({ expirySec: slice[1], forward: slice[2], model: model(slice) })),
  }));
}

function pools(rows: Rows): unknown[] {
  const ranges = childrenOf(rows.range, 1);
  const coins = childrenOf(rows.coin, 1);
  const bids = childrenOf(rows.bid, 1);
  const asks = childrenOf(rows.ask, 1);
  return rows.pool.map(([id, chain, kind, base, quote, fee, owner, first, second]) => {
    const face = { id, chain, kind, base, quote, fee, owner };
    if (kind === 'constantProduct') return { ...face, reserveBase: first, reserveQuote: second };
    if (kind === 'concentrated') {
      return {
        ...face,
        price: first,
        ranges: ranges(id!).map(([, priceLower, priceUpper, liquidity]) => ({
          priceLower,
          priceUpper,
          liquidity,
        })),
      };
    }
    if (kind === 'stableSwap') {
      const list = coins(id!).map(([, asset, balance, rate]) => ({ asset, balance, rate }));
      return { ...face, amplification: first, coins: list };
    }
    return { ...face, mid: first, refillPerTick: second, bids: levels(bids(id!)), asks: levels(asks(id!)) };
  });
}

function lending(rows: Rows): unknown[] {
  const markets = childrenOf(rows.lendingMarket, 1);
  const eModes = childrenOf(rows.eMode, 1);
  const eModeAssets = childrenOf(rows.eModeAsset, 2);
  return rows.lending.map((row) => {
    const [id, chain, member, latencySec, twapSec, heartbeatSec, deviation, normal, full, fullBelowHf] = row;
    const [dustUsd, minLeftoverUsd, liquidationDelaySec, insuranceUsd, token, amount, slashable] =
      row.slice(10);
    return {
      ...{ id, chain, member, dustUsd, minLeftoverUsd, liquidationDelaySec, insuranceUsd },
      oracle: { latencySec, twapSec, heartbeatSec, deviation },
      closeFactor: { normal, full, fullBelowHf },
      safetyModule: token === null ? null : { token, amount, slashable },
      markets: markets(id!).map(market),
      eModes: eModes(id!).map(([, mode, ltv, lt, bonus]) => {
        return { id: mode, ltv, lt, bonus, collateral: eModeAssets(id!, mode!).map(([, , asset]) => asset) };
      }),
      positions: [],
    };
  });
}

function market([, asset, ltv, lt, bonus, protocolFee, eta, floor, intervalSec]: Row): unknown {
  return { asset, ltv, lt, bonus, protocolFee, haircut: eta === null ? null : { eta, floor, intervalSec } };
}

function perps(rows: Rows): unknown[] {
  const bids = childrenOf(rows.perpBid, 1);
  const asks = childrenOf(rows.perpAsk, 1);
  const accounts = childrenOf(rows.perpAccount, 1);
  return rows.perp.map(
    ([id, chain, member, asset, mark, index, funding8h, longOi, shortOi, mmr, insuranceUsd]) => ({
      ...{ id, chain, member, asset, mark, index, funding8h, longOi, shortOi, mmr, insuranceUsd },
      bids: levels(bids(id!)),
      asks: levels(asks(id!)),
      accounts: accounts(id!).map(([, account, quantity, entry, margin]) => ({
        id: account,
        quantity,
        entry,
        margin,
      })),
    }),
  );
}

function books(rows: Rows): unknown[] {
  const collateral = childrenOf(rows.bookCollateral, 1);
  const options = childrenOf(rows.option, 1);
  return rows.book.map((row) => {
    const [id, member, chain, asset, kind, spotShare, perpShare, bandDelta, rebalanceTo, hedge, hedged] = row;
    return {
      ...{ id, member, chain, asset, kind, spotShare, perpShare, bandDelta, rebalanceTo, hedge, hedged },
      collateral: record(collateral(id!)),
      options: options(id!).map(([, line, type, strike, expirySec, iv, surface, quantity]) => {
        return { id: line, type, strike, expirySec, iv, surface, quantity };
      }),
    };
  });
}

function formula([, kind, first, second, value]: Row, backing: readonly Row[]): unknown {
  if (kind === 'lst') return { kind, underlying: first, discountPool: second, redemptionRate: value };
  if (kind === 'lp') return { kind, pool: first, supply: value };
  if (kind === 'receipt') return { kind, protocol: first, asset: second, exchangeRate: value };
  if (kind === 'vaultShare') return { kind, book: first, supply: value };
  return { kind, backing: record(backing) };
}

function settings(rows: Rows): object {
  const backing = childrenOf(rows.backing, 1);
  const bridged = childrenOf(rows.bridgeAsset, 1);
  const covers = childrenOf(rows.fundMember, 1);
  return {
    nested: rows.nested.map((row) => ({ token: row[0], formula: formula(row, backing(row[0]!)) })),
    chains: rows.chain.map(([id, blockTimeSec, finalitySec, liquidationCapacityUsdPerBlock]) => ({
      ...{ id, blockTimeSec, finalitySec, liquidationCapacityUsdPerBlock },
    })),
    bridges: rows.bridge.map(([id, from, to, latencySec, failsAtSec, depeg]) => ({
      ...{ id, from, to, latencySec, failsAtSec, depeg },
      assets: bridged(id!).map(([, asset]) => asset),
    })),
    funds: rows.fund.map(([id, usd]) => ({ id, usd, covers: covers(id!).map(([, member]) => member) })),
    governanceTokens: rows.governanceToken.map(([id, pool, staked, slashFraction]) => {
      return { id, pool, staked, slashFraction };
    }),
    dao: { backstopUsd: rows.dao[0]?.[0], members: rows.daoMember.map(([member]) => member) },
  };
}
