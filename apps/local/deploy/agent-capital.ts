import type { PrivateKeyAccount } from 'viem';
import { LIQUIDATORS } from '../agents/liquidators.js';
import { localAccount, localAccounts } from '../keys.js';
import { rawAmount } from './amounts.js';
import { approval } from './approval.js';
import type { BatchSender } from './batch-sender.js';
import type { EmptyMarket } from './foundation.js';
import { mintTokens } from './tokens.js';

/** Deep pockets, so that no agent's lack of money decides a price. */
const ARBITRAGEUR_USD = 100_000_000_000;
const LIQUIDATOR_USD = 1_000_000_000;

/** The traders get their capital and approve the venues they trade on. */
export function equipAgents(
  sender: BatchSender,
  {
    seed,
    issuer,
    market,
  }: { readonly seed: string; readonly issuer: PrivateKeyAccount; readonly market: EmptyMarket },
): void {
  const crew = [
    { account: localAccount(seed, 'arbitrageur'), usd: ARBITRAGEUR_USD },
    ...localAccounts(seed, 'liquidator', LIQUIDATORS).map((account) => ({ account, usd: LIQUIDATOR_USD })),
  ];
  for (const token of market.tokens.values()) {
    mintTokens(sender, issuer, {
      token,
      grants: crew.map(({ account, usd }) => ({
        holder: account.address,
        raw: rawAmount(usd / token.priceUsd, token.decimals),
      })),
    });
    for (const { account } of crew)
      for (const spender of [market.uniswap.venues.swapRouter, market.aave.pool])
        sender.send(account, approval(token.address, spender));
  }
}
