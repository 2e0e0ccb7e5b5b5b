/**
 * The typed rows that a snapshot's identity is made of: for every table its tag, name and columns in order.
 * Changing a tag, a column or their order changes every root: add new tables and columns with a new format name only.
 *
 * Column types: id = length byte + ASCII; text = length byte + UTF-8; number = 8 bytes little-endian IEEE-754; digest = 32
 * bytes; flag = 1 byte; a trailing ? = 1 byte presence, then the value.
 */
export type ColumnType = 'id' | 'id?' | 'text' | 'number' | 'number?' | 'digest' | 'flag';

export interface Table {
  readonly tag: number;
  readonly name: string;
  /** Names of the columns; they label the columns in Arrow and are no part of the identity. */
  readonly names: readonly string[];
  readonly columns: readonly ColumnType[];
}

const T = <N extends string>(
  tag: number,
  name: N,
  columns: Readonly<Record<string, ColumnType>>,
): Table & { readonly name: N } => ({
  tag,
  name,
  names: Object.keys(columns),
  columns: Object.values(columns),
});

const level = { price: 'number', size: 'number' } as const;

export const TABLES = [
  T(1, 'market', { format: 'id', t0: 'number' }),
  T(2, 'block', { chain: 'id', number: 'number', hash: 'digest', parentHash: 'digest' }),
  T(3, 'source', { text: 'text' }),
  T(10, 'asset', {
    ...{ id: 'id', spot: 'number', kind: 'id', rate: 'number', yield: 'number' },
    ...{ circulating: 'number?', sigmaRef: 'number' },
  }),
  T(11, 'beta', { asset: 'id', factor: 'id', beta: 'number' }),
  T(20, 'surface', { id: 'id', asset: 'id' }),
  T(21, 'slice', {
    ...{ surface: 'id', expirySec: 'number', forward: 'number', model: 'id' },
    // SVI: a, b, rho, m, sigma. SABR: alpha, beta, nu, rho.
    ...{ p0: 'number?', p1: 'number?', p2: 'number?', p3: 'number?', p4: 'number?' },
  }),
  T(22, 'gridPoint', { surface: 'id', expirySec: 'number', strike: 'number', iv: 'number' }),
  T(30, 'pool', {
    ...{ id: 'id', chain: 'id', kind: 'id', base: 'id', quote: 'id', fee: 'number', owner: 'id?' },
    // Reserves; price; amplification; or mid and refill per tick.
    ...{ first: 'number', second: 'number?' },
  }),
  T(31, 'range', { pool: 'id', priceLower: 'number', priceUpper: 'number', liquidity: 'number' }),
  T(32, 'coin', { pool: 'id', asset: 'id', balance: 'number', rate: 'number' }),
  T(33, 'bid', { pool: 'id', ...level }),
  T(34, 'ask', { pool: 'id', ...level }),
  T(40, 'lending', {
    ...{ id: 'id', chain: 'id', member: 'id' },
    ...{ latencySec: 'number', twapSec: 'number', heartbeatSec: 'number?', deviation: 'number?' },
    ...{ closeFactorNormal: 'number', closeFactorFull: 'number', fullBelowHf: 'number' },
    ...{ dustUsd: 'number', minLeftoverUsd: 'number', liquidationDelaySec: 'number', insuranceUsd: 'number' },
    ...{ safetyToken: 'id?', safetyAmount: 'number?', safetySlashable: 'number?' },
  }),
  T(41, 'lendingMarket', {
    ...{ protocol: 'id', asset: 'id', ltv: 'number', lt: 'number', bonus: 'number', protocolFee: 'number' },
    ...{ haircutEta: 'number?', haircutFloor: 'number?', haircutIntervalSec: 'number?' },
  }),
  T(42, 'eMode', { protocol: 'id', id: 'id', ltv: 'number', lt: 'number', bonus: 'number' }),
  T(43, 'eModeAsset', { protocol: 'id', eMode: 'id', asset: 'id' }),
  T(44, 'position', {
    ...{ protocol: 'id', id: 'id', eMode: 'id?' },
    ...{ topUpChain: 'id?', topUpAsset: 'id?', topUpAmount: 'number?', topUpIfHfBelow: 'number?' },
  }),
  T(45, 'collateral', { protocol: 'id', position: 'id', asset: 'id', amount: 'number' }),
  T(46, 'debt', { protocol: 'id', position: 'id', asset: 'id', amount: 'number' }),
  T(50, 'perp', {
    ...{ id: 'id', chain: 'id', member: 'id', asset: 'id', mark: 'number', index: 'number' },
    ...{ funding8h: 'number', longOi: 'number', shortOi: 'number', mmr: 'number', insuranceUsd: 'number' },
  }),
  T(51, 'perpBid', { venue: 'id', ...level }),
  T(52, 'perpAsk', { venue: 'id', ...level }),
  T(53, 'perpAccount', { venue: 'id', id: 'id', quantity: 'number', entry: 'number', margin: 'number' }),
  T(60, 'book', {
    ...{ id: 'id', member: 'id?', chain: 'id', asset: 'id', kind: 'id', spotShare: 'number' },
    ...{ perpShare: 'number', bandDelta: 'number', rebalanceTo: 'id', hedge: 'number?', hedged: 'flag' },
  }),
  T(61, 'bookCollateral', { book: 'id', asset: 'id', amount: 'number' }),
  T(62, 'option', {
    ...{ book: 'id', id: 'id', type: 'id', strike: 'number', expirySec: 'number' },
    ...{ iv: 'number?', surface: 'id?', quantity: 'number' },
  }),
  // The reference is an asset, pool, protocol or book; the value a rate or a supply.
  T(70, 'nested', { token: 'id', kind: 'id', reference: 'id?', secondReference: 'id?', value: 'number?' }),
  T(71, 'backing', { token: 'id', asset: 'id', weight: 'number' }),
  T(80, 'chain', { id: 'id', blockTimeSec: 'number', finalitySec: 'number', capacityUsdPerBlock: 'number?' }),
  T(81, 'bridge', {
    ...{ id: 'id', from: 'id', to: 'id', latencySec: 'number', failsAtSec: 'number?', depeg: 'number' },
  }),
  T(82, 'bridgeAsset', { bridge: 'id', asset: 'id' }),
  T(90, 'fund', { id: 'id', usd: 'number' }),
  T(91, 'fundMember', { fund: 'id', member: 'id' }),
  T(95, 'governanceToken', { id: 'id', pool: 'id', staked: 'number', slashFraction: 'number' }),
  T(99, 'dao', { backstopUsd: 'number' }),
  T(100, 'daoMember', { member: 'id' }),
] as const;

/** Most rows of one table that become objects, which is every table but those of positions. */
export const MAX_PLAIN_ROWS = 2_000_000;

export type TableName = (typeof TABLES)[number]['name'];
export type Cell = string | number | boolean | null;
export type Row = readonly Cell[];
/** Rows of one snapshot by table; each list in ascending order of its key columns. */
export type Rows = Readonly<Record<TableName, readonly Row[]>>;
