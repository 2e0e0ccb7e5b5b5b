import { encodeFunctionData, type Address, type PrivateKeyAccount } from 'viem';
import { aavePoolAbi } from '../aave/abis.js';
import type { BorrowerDraw } from '../plan/borrowers.js';
import { rawAmount } from './amounts.js';
import { approval } from './approval.js';
import type { BatchSender } from './batch-sender.js';
import { mintTokens, tokenOf, type Token, type Tokens } from './tokens.js';

export interface BorrowerInput {
  readonly issuer: PrivateKeyAccount;
  readonly tokens: Tokens;
  readonly pool: Address;
  readonly borrowers: readonly { readonly account: PrivateKeyAccount; readonly draw: BorrowerDraw }[];
}

/** Borrowing reads three prices and both reserves; the first borrow of a reserve costs most. */
const BORROW_GAS = 600_000n;

/** Every borrower supplies and borrows with an own key. */
export async function openPositions(
  sender: BatchSender,
  { issuer, tokens, pool, borrowers }: BorrowerInput,
): Promise<void> {
  for (const token of tokens.values())
    mintTokens(sender, issuer, { token, grants: collateralGrants(token, borrowers) });
  await sender.flush();
  for (const { account, draw } of borrowers) {
    for (const [asset, usd] of Object.entries(draw.collateralUsd)) {
      const token = tokenOf(tokens, asset);
      sender.send(account, approval(token.address, pool));
      const supply = encodeFunctionData({
        abi: aavePoolAbi,
        functionName: 'supply',
        args: [token.address, rawOf(token, usd), account.address, 0],
      });
      sender.send(account, {
        label: `supply of borrower ${draw.index}`,
        to: pool,
        data: supply,
        gas: 400_000n,
      });
    }
    if (draw.eMode)
      sender.send(account, {
        label: `e-mode of borrower ${draw.index}`,
        to: pool,
        data: encodeFunctionData({ abi: aavePoolAbi, functionName: 'setUserEMode', args: [1] }),
        gas: 400_000n,
      });
    for (const [asset, usd] of Object.entries(draw.debtUsd)) {
      const token = tokenOf(tokens, asset);
      const borrow = encodeFunctionData({
        abi: aavePoolAbi,
        functionName: 'borrow',
        args: [token.address, rawOf(token, usd), 2n, 0, account.address],
      });
      sender.send(account, {
        label: `borrow of borrower ${draw.index}`,
        to: pool,
        data: borrow,
        gas: BORROW_GAS,
      });
    }
  }
  await sender.flush();
}

function collateralGrants(token: Token, borrowers: BorrowerInput['borrowers']) {
  return borrowers.flatMap(({ account, draw }) => {
    const usd = draw.collateralUsd[token.id];
    return usd === undefined ? [] : [{ holder: account.address, raw: rawOf(token, usd) }];
  });
}

function rawOf(token: Token, usd: number): bigint {
  return rawAmount(usd / token.priceUsd, token.decimals);
}
