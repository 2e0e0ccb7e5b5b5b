import { addTo, compensatedSum, splitSum, valueOf } from '#libs/numeric/index';
import { impermanentLossUsd } from '../amm/index.js';
import type { RunState } from '../cascade/run-state.js';
import { bookEquityUsd } from '../cascade/book-capital.js';
import { collateralUsd, debtUsd } from '../lending/health.js';
import type { LossBasis } from '../scenario.js';
import { doubtfulEnd } from './doubtful-accounts.js';

/** Loss components of one member in USD at final market prices; losses are positive. */
export interface MemberLoss {
  readonly member: string;
  /** Debt of accounts whose collateral is gone, and losses beyond margin of closed perpetual accounts. */
  readonly badDebtUsd: number;
  /** Debt of open accounts beyond the market value of their collateral, and of open perpetual accounts beyond margin. */
  readonly latentBadDebtUsd: number;
  /** Loss of the pools the member owns against holding, at least 0. */
  readonly impermanentLossUsd: number;
  /** Negative equity of the member's option vaults. */
  readonly vaultDeficitUsd: number;
  /** Weighted sum of the components under the scenario's loss basis. */
  readonly lossUsd: number;
}

/** Bad debt of one lending protocol, USD at final market prices. */
export interface ProtocolLoss {
  readonly protocol: string;
  readonly member: string;
  readonly badDebtUsd: number;
  readonly latentBadDebtUsd: number;
}

/** Bad debt per lending protocol, in protocol id order (MODEL 6.1: BD and LBD). */
export function protocolLosses(state: RunState): readonly ProtocolLoss[] {
  const { accounts, protocols } = state.system;
  const { cohorts } = accounts;
  return protocols.map((protocol, p) => {
    const realised = splitSum();
    const latent = splitSum();
    for (let g = cohorts.firstOfProtocol[p]!; g < cohorts.firstOfProtocol[p + 1]!; g += 1) {
      const end = doubtfulEnd(state, g);
      for (let account = cohorts.first[g]!; account < end; account += 1) {
        const at = { account, price: state.market };
        const debt = debtUsd(accounts, state, at);
        if (debt === 0) continue;
        if (state.writtenOff[account] !== 0) addTo(realised, debt);
        else addTo(latent, Math.max(0, debt - collateralUsd(accounts, state, at)));
      }
    }
    return {
      protocol: protocol.id,
      member: protocol.member,
      badDebtUsd: valueOf(realised),
      latentBadDebtUsd: valueOf(latent),
    };
  });
}

/**
 * Losses of every member, in member id order (MODEL 6.1).
 *
 * @param lenders bad debt of lending protocols and perpetual venues
 * @param basis weights of the components; the headline basis weighs all with 1
 */
export function memberLosses(
  state: RunState,
  lenders: readonly Omit<ProtocolLoss, 'protocol'>[],
  basis: LossBasis,
): readonly MemberLoss[] {
  return state.system.members.map((member) => {
    const own = lenders.filter((lender) => lender.member === member);
    const badDebtUsd = compensatedSum(own.map((protocol) => protocol.badDebtUsd));
    const latentBadDebtUsd = compensatedSum(own.map((protocol) => protocol.latentBadDebtUsd));
    const impermanentLoss = Math.max(0, poolLossUsd(state, member));
    const vaultDeficitUsd = vaultDeficit(state, member);
    return {
      member,
      badDebtUsd,
      latentBadDebtUsd,
      impermanentLossUsd: impermanentLoss,
      vaultDeficitUsd,
      lossUsd: compensatedSum([
        basis.badDebt * badDebtUsd,
        basis.latentBadDebt * latentBadDebtUsd,
        basis.impermanentLoss * impermanentLoss,
        basis.vaultDeficit * vaultDeficitUsd,
      ]),
    };
  });
}

/** Impermanent loss of the pools a member owns, or of all pools with member null; negative when fees win. */
export function poolLossUsd(state: RunState, member: string | null): number {
  const losses: number[] = [];
  state.venues.forEach((venues, asset) => {
    if (venues === null) return;
    const quote = state.system.assets.quote[asset]!;
    const prices = { baseUsd: state.market[asset]!, quoteUsd: state.market[quote]! };
    venues.curves.owners.forEach((owner, v) => {
      if (member === null || owner === member) losses.push(impermanentLossUsd(venues, v, prices));
    });
  });
  return compensatedSum(losses);
}

function vaultDeficit(state: RunState, member: string): number {
  return compensatedSum(
    state.system.options.books.map((book, b) =>
      book.kind === 'vault' && book.member === member ? Math.max(0, -bookEquityUsd(state, b)) : 0,
    ),
  );
}
