import { pointerOf, preview } from './schema-issues.js';
import type { SnapshotIssue } from './market-errors.js';
import type { Book, LendingProtocol, Pool, Snapshot } from './snapshot.js';

type Path = readonly PropertyKey[];

/** Collects what is wrong between the parts of a snapshot whose shape is right. */
export class RelationCheck {
  readonly issues: SnapshotIssue[] = [];
  private readonly assets: ReadonlySet<string>;
  private readonly chains: ReadonlySet<string>;
  private readonly members: ReadonlySet<string>;
  private readonly pools: ReadonlyMap<string, Pool>;
  private readonly surfaces: ReadonlyMap<string, string>;

  constructor(private readonly snapshot: Snapshot) {
    this.assets = new Set(snapshot.assets.map((asset) => asset.id));
    this.chains = new Set(snapshot.chains.map((chain) => chain.id));
    this.members = new Set(snapshot.dao.members);
    this.pools = new Map(snapshot.pools.map((pool) => [pool.id, pool]));
    this.surfaces = new Map(snapshot.surfaces.map((surface) => [surface.id, surface.asset]));
  }

  report(path: Path, value: unknown, [accepted, message]: readonly [string, string]): void {
    this.issues.push({ pointer: pointerOf(path), value: preview(value), accepted, message });
  }

  unique(ids: readonly string[], path: Path, what: string): void {
    const seen = new Set<string>();
    ids.forEach((id, i) => {
      if (seen.has(id)) {
        this.report([...path, i], id, [
          'each id once',
          `${what} "${id}" appears more than once. Rename or drop one.`,
        ]);
      }
      seen.add(id);
    });
  }

  asset(id: string, path: Path, owner: string): void {
    if (this.assets.has(id)) return;
    this.report(path, id, [
      'an id of assets[]',
      `${owner} refers to asset "${id}", which the snapshot does not price. Add a price or drop the ${ownerKind(owner)}.`,
    ]);
  }

  chain(id: string, path: Path, owner: string): void {
    if (!this.chains.has(id)) {
      this.report(path, id, [
        'an id of chains[]',
        `${owner} stands on chain "${id}", which chains[] does not list.`,
      ]);
    }
  }

  member(id: string | null, path: Path, owner: string): void {
    if (id !== null && !this.members.has(id)) {
      this.report(path, id, [
        'an entry of dao.members',
        `${owner} names member "${id}", which dao.members does not list.`,
      ]);
    }
  }

  pool(id: string | null, path: Path, owner: string): void {
    if (id !== null && !this.pools.has(id)) {
      this.report(path, id, [
        'an id of pools[]',
        `${owner} refers to pool "${id}", which pools[] does not list.`,
      ]);
    }
  }

  surface(id: string | null, path: Path, book: Book): void {
    if (id === null) return;
    const asset = this.surfaces.get(id);
    if (asset === undefined) {
      this.report(path, id, [
        'an id of surfaces[]',
        `Book "${book.id}" takes volatilities from "${id}", which surfaces[] does not list.`,
      ]);
    } else if (asset !== book.asset) {
      this.report(path, id, [
        `a surface of ${book.asset}`,
        `Book "${book.id}" on ${book.asset} takes volatilities from a surface of ${asset}.`,
      ]);
    }
  }
}

function ownerKind(owner: string): string {
  return owner.slice(0, owner.indexOf(' "')).toLowerCase();
}

/** Issues of pools: references, one coin per asset, disjoint ranges, sides of a book. */
export function checkPool(check: RelationCheck, pool: Pool, i: number): void {
  const owner = `Pool "${pool.id}"`;
  const at: Path = ['pools', i];
  check.chain(pool.chain, [...at, 'chain'], owner);
  check.asset(pool.base, [...at, 'base'], owner);
  check.asset(pool.quote, [...at, 'quote'], owner);
  check.member(pool.owner, [...at, 'owner'], owner);
  if (pool.kind === 'concentrated') checkRanges(check, pool, at);
  if (pool.kind === 'stableSwap') {
    const coins = pool.coins.map((coin) => coin.asset);
    coins.forEach((coin, j) => check.asset(coin, [...at, 'coins', j, 'asset'], owner));
    check.unique(coins, [...at, 'coins'], `${owner}: coin`);
    for (const side of [pool.base, pool.quote]) {
      if (!coins.includes(side))
        check.report([...at, 'coins'], coins, [`coins that hold ${side}`, `${owner} has no coin ${side}.`]);
    }
  }
  if (pool.kind === 'orderBook') {
    const bid = pool.bids.reduce((best, level) => Math.max(best, level.price), 0);
    const crossed = pool.asks.some((level) => level.price <= bid);
    if (crossed)
      check.report([...at, 'asks'], bid, [`asks above the best bid ${bid}`, `${owner} is crossed.`]);
  }
}

function checkRanges(check: RelationCheck, pool: Pool & { readonly kind: 'concentrated' }, at: Path): void {
  const order = pool.ranges.map((_, j) => j);
  order.sort((a, b) => pool.ranges[a]!.priceLower - pool.ranges[b]!.priceLower);
  let upper = 0;
  for (const j of order) {
    const range = pool.ranges[j]!;
    const path = [...at, 'ranges', j];
    if (range.priceLower >= range.priceUpper) {
      check.report(path, range, [
        'priceLower < priceUpper',
        `Pool "${pool.id}" has an empty price range. Swap or drop it.`,
      ]);
    }
    if (range.priceLower < upper) {
      check.report(path, range, [
        'disjoint ranges',
        `Pool "${pool.id}" has overlapping ranges. Add their liquidity up first.`,
      ]);
    }
    upper = Math.max(upper, range.priceUpper);
  }
}

/** Issues of a lending protocol: references, thresholds, legs without a market. */
export function checkLending(check: RelationCheck, protocol: LendingProtocol, i: number): void {
  const owner = `Protocol "${protocol.id}"`;
  const at: Path = ['lending', i];
  check.chain(protocol.chain, [...at, 'chain'], owner);
  check.member(protocol.member, [...at, 'member'], owner);
  if (protocol.safetyModule !== null)
    check.asset(protocol.safetyModule.token, [...at, 'safetyModule', 'token'], owner);
  protocol.markets.forEach((market, j) => {
    check.asset(market.asset, [...at, 'markets', j, 'asset'], owner);
    checkThreshold(check, market, {
      path: [...at, 'markets', j, 'ltv'],
      what: `${owner}, market ${market.asset}`,
    });
  });
  check.unique(
    protocol.markets.map((market) => market.asset),
    [...at, 'markets'],
    `${owner}: market`,
  );
  check.unique(
    protocol.eModes.map((mode) => mode.id),
    [...at, 'eModes'],
    `${owner}: e-mode`,
  );
  check.unique(
    protocol.positions.map((position) => position.id),
    [...at, 'positions'],
    `${owner}: position`,
  );
  protocol.eModes.forEach((mode, j) => {
    checkThreshold(check, mode, { path: [...at, 'eModes', j, 'ltv'], what: `${owner}, e-mode ${mode.id}` });
    check.unique(mode.collateral, [...at, 'eModes', j, 'collateral'], `${owner}: e-mode asset`);
  });
  checkPositions(check, protocol, at);
}

function checkThreshold(
  check: RelationCheck,
  market: { readonly ltv: number; readonly lt: number },
  where: { readonly path: Path; readonly what: string },
): void {
  if (market.ltv <= market.lt) return;
  check.report(where.path, market.ltv, [
    `numbers <= lt (${market.lt})`,
    `${where.what}: ltv ${market.ltv} is above lt ${market.lt}.`,
  ]);
}

function checkPositions(check: RelationCheck, protocol: LendingProtocol, at: Path): void {
  const markets = new Set(protocol.markets.map((market) => market.asset));
  const modes = new Set(protocol.eModes.map((mode) => mode.id));
  protocol.eModes.forEach((mode, j) =>
    mode.collateral.forEach((asset, k) => {
      if (!markets.has(asset)) noMarket([...at, 'eModes', j, 'collateral', k], asset, `E-mode "${mode.id}"`);
    }),
  );
  protocol.positions.forEach((position, j) => {
    const path = [...at, 'positions', j];
    const owner = `Position "${position.id}" of "${protocol.id}"`;
    for (const side of ['collateral', 'debt'] as const) {
      for (const asset of Object.keys(position[side])) {
        if (!markets.has(asset)) noMarket([...path, side, asset], asset, owner);
      }
    }
    if (position.eMode !== null && !modes.has(position.eMode)) {
      check.report([...path, 'eMode'], position.eMode, [
        'an id of eModes[] or null',
        `${owner} uses an unknown e-mode "${position.eMode}".`,
      ]);
    }
    if (position.topUp !== null) {
      check.chain(position.topUp.chain, [...path, 'topUp', 'chain'], owner);
      if (!markets.has(position.topUp.asset))
        noMarket([...path, 'topUp', 'asset'], position.topUp.asset, owner);
    }
  });
  function noMarket(path: Path, asset: string, owner: string): void {
    check.report(path, asset, [
      `an asset of ${protocol.id}.markets`,
      `${owner} holds "${asset}", for which the protocol has no market.`,
    ]);
  }
}

/** Issues of an option book: references, hedge shares, a volatility for every line. */
export function checkBook(check: RelationCheck, book: Book, i: number): void {
  const owner = `Book "${book.id}"`;
  const at: Path = ['books', i];
  check.asset(book.asset, [...at, 'asset'], owner);
  check.chain(book.chain, [...at, 'chain'], owner);
  check.member(book.member, [...at, 'member'], owner);
  for (const asset of Object.keys(book.collateral)) check.asset(asset, [...at, 'collateral', asset], owner);
  check.unique(
    book.options.map((line) => line.id),
    [...at, 'options'],
    `${owner}: option line`,
  );
  if (book.spotShare + book.perpShare > 1 + 1e-12) {
    check.report([...at, 'perpShare'], book.perpShare, [
      'spotShare + perpShare <= 1',
      `${owner} hedges more than all of its delta.`,
    ]);
  }
  book.options.forEach((line, j) => {
    const path = [...at, 'options', j];
    check.surface(line.surface, [...path, 'surface'], book);
    if (line.iv === null && line.surface === null) {
      check.report([...path, 'iv'], null, [
        'a volatility or a surface',
        `${owner}, line "${line.id}" has neither a volatility nor a surface.`,
      ]);
    }
  });
}
