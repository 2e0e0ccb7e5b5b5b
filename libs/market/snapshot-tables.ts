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
  readonly columns: readonly ColumnType[];
}

const T = <N extends string>(
  tag: number,
  name: N,
  ...columns: ColumnType[]
): Table & { readonly name: N } => ({
  tag,
  name,
  columns,
});

export const TABLES = [
  T(1, 'market', 'id', 'number'), // format, t0
  T(2, 'block', 'id', 'number', 'digest', 'digest'), // chain, number, hash, parent hash
  T(3, 'source', 'text'),
  T(10, 'asset', 'id', 'number', 'id', 'number', 'number', 'number?', 'number'), // id, spot, kind, rate, yield, circulating, sigmaRef
  T(11, 'beta', 'id', 'id', 'number'), // asset, factor, beta
  T(20, 'surface', 'id', 'id'), // id, asset
  T(21, 'slice', 'id', 'number', 'number', 'id', 'number?', 'number?', 'number?', 'number?', 'number?'), // surface, expiry, forward, model, parameters
  T(22, 'gridPoint', 'id', 'number', 'number', 'number'), // surface, expiry, strike, iv
  T(30, 'pool', 'id', 'id', 'id', 'id', 'id', 'number', 'id?', 'number', 'number?'), // id, chain, kind, base, quote, fee, owner, two numbers by kind
  T(31, 'range', 'id', 'number', 'number', 'number'), // pool, lower, upper, liquidity
  T(32, 'coin', 'id', 'id', 'number', 'number'), // pool, asset, balance, rate
  T(33, 'bid', 'id', 'number', 'number'), // pool, price, size
  T(34, 'ask', 'id', 'number', 'number'),
  T(
    40,
    'lending', // id, chain, member, oracle (4), close factor (3), dust, leftover, delay, insurance, safety module (3)
    ...(['id', 'id', 'id', 'number', 'number', 'number?', 'number?', 'number', 'number', 'number'] as const),
    ...(['number', 'number', 'number', 'number', 'id?', 'number?', 'number?'] as const),
  ),
  T(41, 'lendingMarket', 'id', 'id', 'number', 'number', 'number', 'number', 'number?', 'number?', 'number?'), // protocol, asset, ltv, lt, bonus, fee, haircut (3)
  T(42, 'eMode', 'id', 'id', 'number', 'number', 'number'), // protocol, id, ltv, lt, bonus
  T(43, 'eModeAsset', 'id', 'id', 'id'), // protocol, e-mode, asset
  T(44, 'position', 'id', 'id', 'id?', 'id?', 'id?', 'number?', 'number?'), // protocol, id, e-mode, top-up (4)
  T(45, 'collateral', 'id', 'id', 'id', 'number'), // protocol, position, asset, amount
  T(46, 'debt', 'id', 'id', 'id', 'number'),
  T(
    50,
    'perp', // id, chain, member, asset, mark, index, funding, long, short, mmr, insurance
    ...([
      'id',
      'id',
      'id',
      'id',
      'number',
      'number',
      'number',
      'number',
      'number',
      'number',
      'number',
    ] as const),
  ),
  T(51, 'perpBid', 'id', 'number', 'number'),
  T(52, 'perpAsk', 'id', 'number', 'number'),
  T(53, 'perpAccount', 'id', 'id', 'number', 'number', 'number'), // venue, id, quantity, entry, margin
  T(
    60,
    'book', // id, member, chain, asset, kind, spot share, perp share, band, rebalance to, hedge, hedged
    ...(['id', 'id?', 'id', 'id', 'id', 'number', 'number', 'number', 'id', 'number?', 'flag'] as const),
  ),
  T(61, 'bookCollateral', 'id', 'id', 'number'),
  T(62, 'option', 'id', 'id', 'id', 'number', 'number', 'number?', 'id?', 'number'), // book, id, type, strike, expiry, iv, surface, quantity
  T(70, 'nested', 'id', 'id', 'id?', 'id?', 'number?'), // token, kind, reference, second reference, rate or supply
  T(71, 'backing', 'id', 'id', 'number'), // token, asset, weight
  T(80, 'chain', 'id', 'number', 'number', 'number?'), // id, block time, finality, capacity
  T(81, 'bridge', 'id', 'id', 'id', 'number', 'number?', 'number'), // id, from, to, latency, fails at, depeg
  T(82, 'bridgeAsset', 'id', 'id'),
  T(90, 'fund', 'id', 'number'),
  T(91, 'fundMember', 'id', 'id'),
  T(95, 'governanceToken', 'id', 'id', 'number', 'number'), // id, pool, staked, slash fraction
  T(99, 'dao', 'number'),
  T(100, 'daoMember', 'id'),
] as const;

export type TableName = (typeof TABLES)[number]['name'];
export type Cell = string | number | boolean | null;
export type Row = readonly Cell[];
/** Rows of one snapshot by table; each list in ascending order of its key columns. */
export type Rows = Readonly<Record<TableName, readonly Row[]>>;
