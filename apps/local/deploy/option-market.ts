import { encodeDeployData, encodeFunctionData, type Address, type PrivateKeyAccount } from 'viem';
import { localOptionMarketAbi, localOptionMarketBytecode } from '#contracts/local-option-market';
import type { BookPlan } from '../plan/plan.js';
import { rawAmount } from './amounts.js';
import { approval } from './approval.js';
import type { BatchSender } from './batch-sender.js';
import { mintTokens } from './tokens.js';
import type { DeployedPool } from './uniswap.js';

const DAY = 86_400;

export interface OptionInput {
  readonly deployer: PrivateKeyAccount;
  readonly writer: PrivateKeyAccount;
  readonly hedger: Address;
  readonly pool: DeployedPool;
  readonly books: readonly BookPlan[];
  readonly openedAt: number;
}

/** The option market of one asset, its books opened, funded and written. */
export function deployOptionMarket(
  sender: BatchSender,
  { deployer, writer, hedger, pool, books }: OptionInput,
): Address {
  const { base, quote } = pool;
  const market = sender.send(writer, {
    label: 'option market',
    data: encodeDeployData({
      abi: localOptionMarketAbi,
      bytecode: localOptionMarketBytecode,
      args: [base.address, quote.address, pool.address, hedger],
    }),
  });
  mintTokens(sender, deployer, {
    token: base,
    grants: [
      {
        holder: writer.address,
        raw: rawAmount(
          total(books, ({ stockLoan }) => stockLoan),
          base.decimals,
        ),
      },
    ],
  });
  mintTokens(sender, deployer, {
    token: quote,
    grants: [
      {
        holder: writer.address,
        raw: rawAmount(
          total(books, ({ cashUsd }) => cashUsd),
          quote.decimals,
        ),
      },
    ],
  });
  for (const token of [base, quote]) sender.send(writer, approval(token.address, market));
  return market;
}

function total(books: readonly BookPlan[], of: (book: BookPlan) => number): number {
  return books.reduce((sum, book) => sum + of(book), 0);
}

/** After the money has arrived: opens each book and writes its lines. */
export function writeBooks(
  sender: BatchSender,
  market: Address,
  { writer, pool, books, openedAt }: OptionInput,
): void {
  const abi = localOptionMarketAbi;
  books.forEach(({ name, isVault, bandBps, stockLoan, cashUsd, lines }, bookId) => {
    const open = encodeFunctionData({
      abi,
      functionName: 'openBook',
      args: [
        name,
        isVault,
        true,
        bandBps,
        rawAmount(stockLoan, pool.base.decimals),
        rawAmount(cashUsd, pool.quote.decimals),
      ],
    });
    sender.send(writer, { label: `book ${name}`, to: market, data: open });
    const written = lines.map(({ isCall, strikeOverSpot, days, ivBps, quantity }) => ({
      isCall,
      expiry: BigInt(openedAt + days * DAY),
      ivBps,
      strike: BigInt(Math.round(roundStrike(strikeOverSpot * pool.base.priceUsd)) * 10 ** 8),
      quantity: signedRaw(quantity, pool.base.decimals),
    }));
    sender.send(writer, {
      label: `lines of ${name}`,
      to: market,
      data: encodeFunctionData({ abi, functionName: 'write', args: [BigInt(bookId), written] }),
      gas: 2_000_000n,
    });
  });
}

/** Exchanges list strikes at round numbers. */
function roundStrike(price: number): number {
  return Math.round(price / 50) * 50;
}

function signedRaw(quantity: number, decimals: number): bigint {
  return quantity < 0 ? -rawAmount(-quantity, decimals) : rawAmount(quantity, decimals);
}
