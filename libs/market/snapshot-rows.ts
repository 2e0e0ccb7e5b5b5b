import type { Cell, Row, Rows } from './snapshot-tables.js';
import type { LendingTerms, MarketSnapshot } from './position-columns.js';
import type { Book, NestedFormula, Pool, SurfaceSlice } from './snapshot.js';

/** Rows of a snapshot in canonical order (inCanonicalOrder), table by table, without those of positions (packPositions). */
export function rowsOf(snapshot: MarketSnapshot): Rows {
  return {
    ...marketRows(snapshot),
    ...surfaceRows(snapshot),
    ...poolRows(snapshot.pools),
    ...lendingRows(snapshot.lending),
    ...perpRows(snapshot),
    ...bookRows(snapshot.books),
    ...settingRows(snapshot),
  };
}

/** Rows [...owner, key, amount] of a record, keys ascending. */
function amountRows(owner: Row, amounts: Readonly<Record<string, number>>): Row[] {
  return Object.keys(amounts)
    .sort()
    .map((key) => [...owner, key, amounts[key]!]);
}

function marketRows({ format, provenance, assets }: MarketSnapshot) {
  return {
    market: [[format, provenance.t0]],
    block: provenance.blocks.map((block) => [block.chain, block.number, block.hash, block.parentHash]),
    source: provenance.sources.map((source) => [source]),
    asset: assets.map((a) => [a.id, a.spot, a.kind, a.rate, a.yield, a.circulating, a.sigmaRef]),
    beta: assets.flatMap((asset) => amountRows([asset.id], asset.beta)),
  };
}

function surfaceRows({ surfaces }: MarketSnapshot) {
  return {
    surface: surfaces.map((surface) => [surface.id, surface.asset]),
    slice: surfaces.flatMap(({ id, slices }) =>
      slices.map((slice) => [id, slice.expirySec, slice.forward, slice.model.kind, ...modelCells(slice)]),
    ),
    gridPoint: surfaces.flatMap(({ id, slices }) =>
      slices.flatMap(({ expirySec, model }) =>
        model.kind === 'grid' ? model.points.map((point) => [id, expirySec, point.strike, point.iv]) : [],
      ),
    ),
  };
}

function modelCells({ model }: SurfaceSlice): Cell[] {
  switch (model.kind) {
    case 'svi':
      return [model.a, model.b, model.rho, model.m, model.sigma];
    case 'sabr':
      return [model.alpha, model.beta, model.nu, model.rho, null];
    case 'grid':
      return [null, null, null, null, null];
  }
}

function poolRows(pools: readonly Pool[]) {
  return {
    pool: pools.map((p) => [p.id, p.chain, p.kind, p.base, p.quote, p.fee, p.owner, ...poolCells(p)]),
    range: pools.flatMap((pool) =>
      pool.kind === 'concentrated'
        ? pool.ranges.map((range) => [pool.id, range.priceLower, range.priceUpper, range.liquidity])
        : [],
    ),
    coin: pools.flatMap((pool) =>
      pool.kind === 'stableSwap'
        ? pool.coins.map((coin) => [pool.id, coin.asset, coin.balance, coin.rate])
        : [],
    ),
    bid: pools.flatMap((pool) => (pool.kind === 'orderBook' ? levelRows(pool.id, pool.bids) : [])),
    ask: pools.flatMap((pool) => (pool.kind === 'orderBook' ? levelRows(pool.id, pool.asks) : [])),
  };
}

function levelRows(id: string, levels: readonly { readonly price: number; readonly size: number }[]): Row[] {
  return levels.map((level) => [id, level.price, level.size]);
}

function poolCells(pool: Pool): Cell[] {
  switch (pool.kind) {
    case 'constantProduct':
      return [pool.reserveBase, pool.reserveQuote];
    case 'concentrated':
      return [pool.price, null];
    case 'stableSwap':
      return [pool.amplification, null];
    case 'orderBook':
      return [pool.mid, pool.refillPerTick];
  }
}

function lendingRows(protocols: readonly LendingTerms[]) {
  return {
    lending: protocols.map(protocolCells),
    lendingMarket: protocols.flatMap(({ id, markets }) =>
      markets.map((m) => [
        ...[id, m.asset, m.ltv, m.lt, m.bonus, m.protocolFee],
        ...[m.haircut?.eta ?? null, m.haircut?.floor ?? null, m.haircut?.intervalSec ?? null],
      ]),
    ),
    eMode: protocols.flatMap(({ id, eModes }) =>
      eModes.map((mode) => [id, mode.id, mode.ltv, mode.lt, mode.bonus]),
    ),
    eModeAsset: protocols.flatMap(({ id, eModes }) =>
      eModes.flatMap((mode) => mode.collateral.map((asset) => [id, mode.id, asset])),
    ),
    position: [],
    collateral: [],
    debt: [],
  };
}

function protocolCells(p: LendingTerms): Row {
  return [
    ...[p.id, p.chain, p.member],
    ...[p.oracle.latencySec, p.oracle.twapSec, p.oracle.heartbeatSec, p.oracle.deviation],
    ...[p.closeFactor.normal, p.closeFactor.full, p.closeFactor.fullBelowHf],
    ...[p.dustUsd, p.minLeftoverUsd, p.liquidationDelaySec, p.insuranceUsd],
    ...[p.safetyModule?.token ?? null, p.safetyModule?.amount ?? null, p.safetyModule?.slashable ?? null],
  ];
}

function perpRows({ perps }: MarketSnapshot) {
  return {
    perp: perps.map((v) => [
      ...[v.id, v.chain, v.member, v.asset, v.mark, v.index, v.funding8h, v.longOi, v.shortOi, v.mmr],
      v.insuranceUsd,
    ]),
    perpBid: perps.flatMap((venue) => levelRows(venue.id, venue.bids)),
    perpAsk: perps.flatMap((venue) => levelRows(venue.id, venue.asks)),
    perpAccount: perps.flatMap(({ id, accounts }) =>
      accounts.map((a) => [id, a.id, a.quantity, a.entry, a.margin]),
    ),
  };
}

function bookRows(books: readonly Book[]) {
  return {
    book: books.map((b) => [
      ...[
        b.id,
        b.member,
        b.chain,
        b.asset,
        b.kind,
        b.spotShare,
        b.perpShare,
        b.bandDelta,
        b.rebalanceTo,
        b.hedge,
      ],
      b.hedged,
    ]),
    bookCollateral: books.flatMap((book) => amountRows([book.id], book.collateral)),
    option: books.flatMap(({ id, options }) =>
      options.map((o) => [id, o.id, o.type, o.strike, o.expirySec, o.iv, o.surface, o.quantity]),
    ),
  };
}

function formulaCells(formula: NestedFormula): Cell[] {
  switch (formula.kind) {
    case 'lst':
      return [formula.underlying, formula.discountPool, formula.redemptionRate];
    case 'lp':
      return [formula.pool, null, formula.supply];
    case 'receipt':
      return [formula.protocol, formula.asset, formula.exchangeRate];
    case 'vaultShare':
      return [formula.book, null, formula.supply];
    case 'basket':
      return [null, null, null];
  }
}

function settingRows(s: MarketSnapshot) {
  return {
    nested: s.nested.map(({ token, formula }) => [token, formula.kind, ...formulaCells(formula)]),
    backing: s.nested.flatMap(({ token, formula }) =>
      formula.kind === 'basket' ? amountRows([token], formula.backing) : [],
    ),
    chain: s.chains.map((c) => [c.id, c.blockTimeSec, c.finalitySec, c.liquidationCapacityUsdPerBlock]),
    bridge: s.bridges.map((b) => [b.id, b.from, b.to, b.latencySec, b.failsAtSec, b.depeg]),
    bridgeAsset: s.bridges.flatMap(({ id, assets }) => assets.map((asset) => [id, asset])),
    fund: s.funds.map((fund) => [fund.id, fund.usd]),
    fundMember: s.funds.flatMap(({ id, covers }) => covers.map((member) => [id, member])),
    governanceToken: s.governanceTokens.map((g) => [g.id, g.pool, g.staked, g.slashFraction]),
    dao: [[s.dao.backstopUsd]],
    daoMember: s.dao.members.map((member) => [member]),
  };
}
