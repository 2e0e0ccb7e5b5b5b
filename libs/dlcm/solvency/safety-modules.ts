import type { LendingDesk } from '#libs/market/index';
import { compensatedSum } from '#libs/numeric/index';
import { splitVenues, venuesOf, type Venues } from '../amm/index.js';
import type { RunState } from '../cascade/run-state.js';
import { requireAsset } from '../cascade/lookup.js';
import { backstopTokenSale, type TokenSale } from './token-sale.js';

/** Slashable tokens of one governance token, by member. */
interface ModuleLayer {
  readonly token: string;
  readonly venues: Venues;
  readonly quoteUsd: number;
  readonly marketCapUsd: number;
  /** Tokens that may be sold, by member in the order of the needs. */
  readonly slashable: readonly number[];
}

/** One governance token's forced sale at the end of a run. */
export interface ModuleSale extends TokenSale {
  readonly token: string;
}

/** What each member got, and the sales that raised it. */
export interface ModuleProceedsOf {
  readonly raisedUsd: readonly number[];
  readonly sales: readonly ModuleSale[];
}

/** The safety modules behind the members of a run: what they can raise at its final prices (MODEL 6.2, 8.3). */
export interface SafetyModules {
  /**
   * Sells for these needs, one per member, token after token in id order; what each member got, and the sales.
   *
   * @param uncoveredUsd loss that shakes confidence in the tokens
   */
  sell(needs: readonly number[], uncoveredUsd: number): ModuleProceedsOf;
}

/** No module anywhere: below level v3, or none in the snapshot. */
export const NO_MODULES: SafetyModules = {
  sell: (needs) => ({ raisedUsd: needs.map(() => 0), sales: [] }),
};

/**
 * Safety modules of a finished run. Each protocol's module is amount x slashable tokens; all modules of a token together never
 * sell more than staked x slashFraction where the snapshot states it, cut pro rata. They sell on the pool stated for the
 * token, else on all venues of the token in the protocol's segment.
 *
 * @param members in the order of the needs
 */
export function safetyModules(state: RunState, members: readonly string[]): SafetyModules {
  if (state.scenario.level !== 'v3') return NO_MODULES;
  const protocols = state.system.protocols.filter((protocol) => protocol.safetyModule !== null);
  const tokens = [...new Set(protocols.map((protocol) => protocol.safetyModule!.token))].sort();
  const layers = tokens.flatMap((token) => layerOf(state, { token, protocols, members }));
  const kappa = state.scenario.governanceReflexivity;
  return {
    sell(needs, uncoveredUsd) {
      let left = needs;
      const sales = layers.map(({ token, slashable, marketCapUsd, ...on }): ModuleSale => {
        const sellers = slashable.map((units, m) => ({
          slashable: units,
          needUsd: units > 0 ? left[m]! : 0,
        }));
        const sale = backstopTokenSale({
          ...on,
          sellers,
          reflexivity: { kappa, uncoveredUsd, marketCapUsd },
        });
        left = left.map((need, m) => Math.max(0, need - sale.raisedUsd[m]!));
        return { token, ...sale };
      });
      const raisedUsd = needs.map((_, m) => compensatedSum(sales.map((sale) => sale.raisedUsd[m]!)));
      return { raisedUsd, sales: sales.filter((sale) => sale.soldUnits > 0 || sale.layerRemoved) };
    },
  };
}

interface LayerInput {
  readonly token: string;
  readonly protocols: readonly LendingDesk[];
  readonly members: readonly string[];
}

function layerOf(state: RunState, { token, protocols, members }: LayerInput): readonly ModuleLayer[] {
  const { assets, snapshot } = state.system;
  const own = protocols.filter((protocol) => protocol.safetyModule!.token === token);
  const stated = snapshot.governanceTokens.find((entry) => entry.id === token) ?? null;
  const pool =
    snapshot.pools.find((candidate) => candidate.id === stated?.pool && candidate.base === token) ?? null;
  const chain = pool?.chain ?? own[0]!.chain;
  const row =
    state.segments.leader[requireAsset(assets, token, { name: `safety module of ${own[0]!.id}`, chain })]!;
  const venues = state.venues[row] ?? null;
  if (venues === null) return [];
  const quoteUsd = state.market[assets.quote[row]!]!;
  const units = members.map((member) =>
    compensatedSum(
      own
        .filter((protocol) => protocol.member === member)
        .map(({ safetyModule }) => safetyModule!.amount * safetyModule!.slashable),
    ),
  );
  const cap = stated === null ? Infinity : stated.staked * stated.slashFraction;
  const total = compensatedSum(units);
  const circulating = snapshot.assets.find((asset) => asset.id === token)?.circulating ?? 0;
  return [
    {
      token,
      venues:
        pool === null ? venues : splitVenues(venues, venuesOf([pool], venues.curves.referencePrice).curves),
      quoteUsd,
      marketCapUsd: circulating * state.market[row]!,
      slashable: total > cap ? units.map((own) => (own / total) * cap) : units,
    },
  ];
}
