import { parseAbi } from 'viem';
import type { Deployment } from '#libs/chain/index';
import type { Book, OptionLine } from '#libs/market/index';
import { SourceError } from '../source-error.js';
import type { PinnedReader } from './pinned-reader.js';
import { wholeTokens } from './whole-tokens.js';

const marketAbi = parseAbi([
  'struct Line { bool isCall; uint64 expiry; uint32 ivBps; uint128 strike; int128 quantity; }',
  'struct Book { string name; bool isVault; bool isHedged; uint32 bandBps; int256 hedge; int256 stock; int256 cash; }',
  'struct BookView { uint256 bookId; Book book; Line[] lines; }',
  'function base() view returns (address)',
  'function quote() view returns (address)',
  'function books() view returns (BookView[])',
]);
const STRIKE_DECIMALS = 8;

type MarketEntry = Deployment['optionMarkets'][number];

/** All books of one option market at the reader's block. Expired lines are settled and carry no delta: they are left out. */
export async function readOptionMarket(
  reader: PinnedReader,
  deployment: Deployment,
  entry: MarketEntry,
): Promise<Book[]> {
  const { address } = entry;
  const [base, quote, books] = await Promise.all([
    reader.one(marketAbi, 'base', { address }),
    reader.one(marketAbi, 'quote', { address }),
    reader.one(marketAbi, 'books', { address }),
  ]);
  const baseAsset = assetAt(deployment, entry, base);
  const quoteAsset = assetAt(deployment, entry, quote);
  if (baseAsset.id !== entry.asset) {
    throw new SourceError(
      'SRC-108',
      `Option market ${address} trades ${baseAsset.id}; the deployment file says ${entry.asset}. Correct the file.`,
      { address },
    );
  }
  const expiryOf = (expiry: bigint) => Number(expiry) - reader.block.timestamp;
  return books.map(({ bookId, book, lines }) => ({
    id: `${entry.id}/${bookId}`,
    member: entry.member,
    chain: `eip155:${deployment.chainId}`,
    asset: entry.asset,
    kind: book.isVault ? 'vault' : 'marketMaker',
    spotShare: 1,
    perpShare: 0,
    bandDelta: book.bandBps / 10_000,
    rebalanceTo: book.isVault ? 'edge' : 'zero',
    hedge: wholeTokens(book.hedge, baseAsset.decimals),
    hedged: book.isHedged,
    collateral: book.cash > 0n ? { [quoteAsset.id]: wholeTokens(book.cash, quoteAsset.decimals) } : {},
    options: lines.flatMap((line, i) =>
      expiryOf(line.expiry) <= 0
        ? []
        : [lineOf(i, line, { expirySec: expiryOf(line.expiry), decimals: baseAsset.decimals })],
    ),
  }));
}

function lineOf(
  index: number,
  line: {
    readonly isCall: boolean;
    readonly ivBps: number;
    readonly strike: bigint;
    readonly quantity: bigint;
  },
  at: { readonly expirySec: number; readonly decimals: number },
): OptionLine {
  return {
    id: String(index).padStart(6, '0'),
    type: line.isCall ? 'C' : 'P',
    strike: wholeTokens(line.strike, STRIKE_DECIMALS),
    expirySec: at.expirySec,
    iv: line.ivBps / 10_000,
    surface: null,
    quantity: wholeTokens(line.quantity, at.decimals),
  };
}

function assetAt(deployment: Deployment, entry: MarketEntry, address: string) {
  const asset = deployment.assets.find(
    (candidate) => candidate.address.toLowerCase() === address.toLowerCase(),
  );
  if (asset !== undefined) return asset;
  throw new SourceError(
    'SRC-109',
    `Option market ${entry.address} trades token ${address}, which the deployment file's assets[] does not name. Add the asset.`,
    { address },
  );
}
