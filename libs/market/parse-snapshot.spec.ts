import { describe, expect, it } from '@jest/globals';
import {
  checkSnapshotFileSize,
  MAX_SNAPSHOT_FILE_BYTES,
  parseSnapshot,
  SnapshotError,
  type Snapshot,
} from './index.js';
import {
  aBook,
  aChain,
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
} from '#test/support/builders';
import { marketFactory } from '#test/support/market-factory';

function issuesOf(snapshot: unknown): SnapshotError['issues'] {
  try {
    parseSnapshot(snapshot);
  } catch (error) {
    if (error instanceof SnapshotError) return error.issues;
    throw error;
  }
  return [];
}

/** A snapshot changed at one JSON pointer, past the type system. */
function withField(pointer: string, value: unknown, snapshot: Snapshot = aSnapshot()): unknown {
  const copy: unknown = structuredClone(snapshot);
  const keys = pointer.split('/').slice(1);
  let at: object = copy as object;
  for (const key of keys.slice(0, -1)) at = Reflect.get(at, key) as object;
  Reflect.set(at, keys.at(-1)!, value);
  return copy;
}

describe('parseSnapshot', () => {
  it('default: accepts what the builders and the market factory make', () => {
    expect(parseSnapshot(aSnapshot()).pools).toHaveLength(1);
    expect(
      parseSnapshot(JSON.parse(JSON.stringify(marketFactory('parse', 50)))).lending[0]?.positions,
    ).toHaveLength(50);
  });

  it.each([
    ['a negative reserve', '/pools/0/reserveBase', -1, 'numbers > 0'],
    ['a zero price', '/assets/0/spot', 0, 'numbers > 0'],
    ['NaN', '/assets/0/spot', NaN, 'a finite number'],
    ['Infinity', '/pools/0/reserveQuote', Infinity, 'a finite number'],
    ['a text for a number', '/lending/0/markets/0/lt', '0.8', 'a finite number'],
    ['lt of 1', '/lending/0/markets/0/lt', 1, 'numbers < 1'],
    ['a negative debt', '/lending/0/positions/0/debt/USDC', -5, 'numbers >= 0'],
    ['a fee of 1', '/pools/0/fee', 1, 'numbers < 1'],
    ['another format', '/format', 'dlcm-snapshot/2', '"dlcm-snapshot/1"'],
    ['a missing field', '/assets/0/rate', undefined, 'a finite number'],
    ['an unknown pool kind', '/pools/0/kind', 'weighted', 'one of the known kinds'],
    ['an id with spaces', '/assets/0/id', 'a b', 'identifier'],
    ['a fraction of a second', '/provenance/t0', 0.5, 'a whole number'],
    ['no assets', '/assets', [], 'at least 1 entries'],
  ])('error: MKT-101 for %s, by pointer, value and what is accepted', (_name, pointer, value, accepted) => {
    const issue = issuesOf(withField(pointer, value)).find((candidate) => candidate.pointer === pointer);
    expect(issue?.accepted).toContain(accepted);
    expect(issue?.message).toContain(accepted);
  });

  it('error: MKT-101 for a field nobody knows', () => {
    expect(issuesOf(withField('/pools/0/reserves', 1))[0]).toMatchObject({
      pointer: '/pools/0',
      accepted: 'no field named "reserves"',
    });
  });

  it('error: MKT-101 names every bad field at once, and counts those beyond fifty', () => {
    const twoBad = withField('/pools/0/fee', 2, parseSnapshot(aSnapshot()));
    Reflect.set((twoBad as { assets: object[] }).assets[0]!, 'spot', -3);
    expect(issuesOf(twoBad).map((issue) => issue.pointer)).toEqual(['/assets/0/spot', '/pools/0/fee']);
    const many = aSnapshot({
      lending: [
        aLendingProtocol({
          positions: Array.from({ length: 70 }, (_, i) => aPosition({ id: `p${i}`, debt: { USDC: -1 } })),
        }),
      ],
    });
    const error = ((): unknown => {
      try {
        return parseSnapshot(many);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ code: 'MKT-101', total: 70 });
    expect((error as SnapshotError).issues).toHaveLength(50);
    expect((error as SnapshotError).message).toContain('and 20 more');
  });

  it.each<[string, Partial<Snapshot>, string, string]>([
    [
      'an asset without a price',
      { pools: [aPool({ quote: 'stETH' })] },
      '/pools/0/quote',
      'Pool "eth-usdc-30" refers to asset "stETH", which the snapshot does not price. Add a price or drop the pool.',
    ],
    [
      'an unknown chain',
      { pools: [aPool({ chain: 'eip155:1' })] },
      '/pools/0/chain',
      'Pool "eth-usdc-30" stands on chain "eip155:1", which chains[] does not list.',
    ],
    [
      'a duplicate id',
      { assets: [anAsset(), aStable(), anAsset()] },
      '/assets/2',
      'Entry of assets "ETH" appears more than once. Rename or drop one.',
    ],
    [
      'an unknown member',
      { funds: [aFund({ covers: ['nobody'] })] },
      '/funds/0/covers/0',
      'Fund "backstop" names member "nobody", which dao.members does not list.',
    ],
    [
      'ltv above lt',
      {
        lending: [
          aLendingProtocol({ markets: [aLendingMarket({ ltv: 0.9 }), aLendingMarket({ asset: 'USDC' })] }),
        ],
      },
      '/lending/0/markets/0/ltv',
      'Protocol "aave", market ETH: ltv 0.9 is above lt 0.825.',
    ],
    [
      'a position without a market',
      { lending: [aLendingProtocol({ positions: [aPosition({ debt: { DAI: 1 } })] })] },
      '/lending/0/positions/0/debt/DAI',
      'Position "alice" of "aave" holds "DAI", for which the protocol has no market.',
    ],
    [
      'an unknown e-mode',
      { lending: [aLendingProtocol({ positions: [aPosition({ eMode: '7' })] })] },
      '/lending/0/positions/0/eMode',
      'Position "alice" of "aave" uses an unknown e-mode "7".',
    ],
    [
      'a line without volatility',
      { books: [aBook({ options: [anOptionLine({ iv: null })] })] },
      '/books/0/options/0/iv',
      'Book "maker", line "eth-2000-p" has neither a volatility nor a surface.',
    ],
    [
      'overlapping ranges',
      {
        pools: [
          aConcentratedPool({
            ranges: [
              { priceLower: 1, priceUpper: 3, liquidity: 1 },
              { priceLower: 2, priceUpper: 4, liquidity: 1 },
            ],
          }),
        ],
      },
      '/pools/0/ranges/1',
      'Pool "eth-usdc-5" has overlapping ranges. Add their liquidity up first.',
    ],
    [
      'two quote assets',
      {
        assets: [anAsset(), aStable(), aStable({ id: 'DAI' })],
        pools: [aPool(), aPool({ id: 'eth-dai', quote: 'DAI' })],
      },
      '/pools/1/quote',
      'Pool "eth-dai" quotes ETH in DAI, another pool quotes it in USDC. Keep one quote asset per asset.',
    ],
    [
      'a circle of quotes',
      { pools: [aPool(), aPool({ id: 'usdc-eth', base: 'USDC', quote: 'ETH' })] },
      '/pools/0/quote',
      'Quotes run in a circle: ETH -> USDC -> ETH. Drop one of the pools.',
    ],
    [
      'beta to itself',
      { assets: [anAsset({ beta: { ETH: 2 } }), aStable()] },
      '/assets/0/beta/ETH',
      'Asset "ETH" has beta 2 to itself.',
    ],
    [
      'more units than exact sums allow',
      { lending: [aLendingProtocol({ positions: [aPosition({ debt: { USDC: 2e11 } })] })] },
      '/assets/1',
      'Asset "USDC": 200000000000 units are more than exact sums allow (137438953472). Check decimals and price.',
    ],
    [
      'a pinned block of an unknown chain',
      {
        provenance: {
          t0: 1,
          sources: [],
          blocks: [
            { chain: 'eip155:5', number: 1, hash: `0x${'1'.repeat(64)}`, parentHash: `0x${'2'.repeat(64)}` },
          ],
        },
      },
      '/provenance/blocks/0/chain',
      'Block 1 stands on chain "eip155:5", which chains[] does not list.',
    ],
  ])('error: MKT-101 for %s', (_name, overrides, pointer, message) => {
    const issues = issuesOf(aSnapshot(overrides));
    expect(issues.map((issue) => [issue.pointer, issue.message])).toContainEqual([pointer, message]);
  });

  it('error: MKT-101 names a circle of nested tokens', () => {
    const nested = ['wETH', 'vETH', 'xETH'].map((id) => anAsset({ id, kind: 'nested', beta: {} }));
    const lst = (underlying: string) =>
      ({ kind: 'lst', underlying, redemptionRate: 1, discountPool: null }) as const;
    const snapshot = aSnapshot({
      assets: [anAsset(), aStable(), ...nested],
      nested: [
        { token: 'wETH', formula: lst('vETH') },
        { token: 'vETH', formula: { kind: 'basket', backing: { ETH: 1, xETH: 1 } } },
        { token: 'xETH', formula: lst('wETH') },
      ],
    });
    expect(issuesOf(snapshot).map((issue) => issue.message)).toEqual([
      'Nested tokens run in a circle: wETH -> vETH -> xETH -> wETH. Price one of them from the market instead.',
    ]);
  });

  it('behavior: nesting without a circle is accepted', () => {
    const snapshot = aSnapshot({
      assets: [anAsset(), aStable(), anAsset({ id: 'stETH', kind: 'nested', beta: { ETH: 1 } })],
      nested: [
        {
          token: 'stETH',
          formula: { kind: 'lst', underlying: 'ETH', redemptionRate: 1.1, discountPool: null },
        },
      ],
    });
    expect(parseSnapshot(snapshot).nested).toHaveLength(1);
  });

  it('behavior: any value that is no object is one issue at the root', () => {
    for (const value of [null, 1, 'x', [], undefined]) expect(issuesOf(value)[0]?.pointer).toBe('');
  });

  it('behavior: lists come back in canonical order', () => {
    const chains = [aChain({ id: 'eip155:9' }), aChain()];
    expect(parseSnapshot(aSnapshot({ chains })).chains.map((chain) => chain.id)).toEqual([
      'eip155:31337',
      'eip155:9',
    ]);
  });
});

describe('checkSnapshotFileSize', () => {
  it('error: MKT-103 for a file of 2 GB, by its size alone', () => {
    expect(() => checkSnapshotFileSize(MAX_SNAPSHOT_FILE_BYTES)).not.toThrow();
    expect(() => checkSnapshotFileSize(2_000_000_000)).toThrow(
      expect.objectContaining({ code: 'MKT-103', bytes: 2_000_000_000 }),
    );
  });
});
