import type { Venues } from './amm/index.js';
import type { System } from './cascade/system.js';
import type { GexRecord, HaircutRecord, LacRecord } from './evaluation-record.js';
import {
  gammaNeutralityPrice,
  gex,
  gexAt,
  gexIndex,
  lac,
  lendingHaircutBreakpoint,
  liquidationAccounts,
} from './metrics/index.js';
import { optionLines, type OptionLines } from './options/index.js';
import { publish, publishOptional } from './publication.js';

/** The named thresholds and indices of a snapshot (MODEL 7), as published. */
export interface AssetMetrics {
  readonly lac: readonly LacRecord[];
  readonly gex: readonly GexRecord[];
  readonly haircutBreakpoints: readonly HaircutRecord[];
}

const SHIFTS = [
  ['0.05', 0.05],
  ['0.10', 0.1],
] as const;

/** LAC at 5 and 10 % of every asset with venues. */
export function lacRecords(system: System, venues: readonly (Venues | null)[]): readonly LacRecord[] {
  const { assets } = system;
  return venues.flatMap((own, asset) => {
    if (own === null) return [];
    return SHIFTS.map(([shift, theta]) => {
      const capacity = lac(own, theta, assets.spot[assets.quote[asset]!]!);
      return {
        asset: assets.ids[asset]!,
        shift,
        units: publish('units', capacity.units),
        usd: publish('usd', capacity.usd),
        averageExecutionUnits: publish('units', capacity.averageExecutionUnits),
        exhausted: capacity.exhausted,
      };
    });
  });
}

/** GEX, its index and the gamma neutrality price of every asset that has option books; the profile of the shocked one. */
export function gexRecords(
  system: System,
  venues: readonly (Venues | null)[],
  shockAsset: string,
): readonly GexRecord[] {
  const { assets } = system;
  return assets.ids.flatMap((id, asset) => {
    const lines = linesOf(system, asset);
    const own = venues[asset] ?? null;
    if (lines === null || own === null) return [];
    const accounts = system.protocols.flatMap((protocol) =>
      liquidationAccounts({ snapshot: system.snapshot, protocol: protocol.id, asset: id }),
    );
    const exposure = gex(lines, accounts);
    const neutral = gammaNeutralityPrice(lines);
    const profile = id === shockAsset ? exposure.profile : [];
    return [
      {
        asset: id,
        atSpotUsd: publish('usd', exposure.atSpotUsd),
        index: publishOptional(
          'index',
          gexIndex(exposure.atSpotUsd, own, assets.spot[assets.quote[asset]!]!),
        ),
        neutralityPrice: publishOptional('price', neutral.price),
        neutralityCrossings: neutral.crossings.map((price) => publish('price', price)),
        positiveSide: neutral.positiveSide,
        profile: profile.map((point) => ({
          spot: publish('price', point.spot),
          optionsUsd: publish('usd', point.optionsUsd),
          liquidationsUsd: publish('usd', point.liquidationsUsd),
        })),
      },
    ];
  });
}

/** All option lines of one asset over its books, in book and line order; null without any. */
function linesOf(system: System, asset: number): OptionLines | null {
  const { options, assets, snapshot } = system;
  const own = options.books.flatMap((book, b) =>
    options.asset[b] === asset ? book.options.map((line) => ({ ...line, id: `${book.id}/${line.id}` })) : [],
  );
  if (own.length === 0) return null;
  const { rate, yield: carry } = snapshot.assets.find((candidate) => candidate.id === assets.ids[asset])!;
  const sorted = own.sort((a, b) => (a.id < b.id ? -1 : 1));
  return optionLines(sorted, { spot: assets.spot[asset]!, rate, yield: carry, surfaces: snapshot.surfaces });
}

/** Haircut breakpoint of every lending protocol along the shocked asset's price. */
export function haircutRecords(system: System, shockAsset: string): readonly HaircutRecord[] {
  return system.protocols.map((protocol) => {
    const found = lendingHaircutBreakpoint({
      snapshot: system.snapshot,
      protocol: protocol.id,
      asset: shockAsset,
    });
    return {
      protocol: protocol.id,
      asset: shockAsset,
      price: publishOptional('price', found.price),
      alreadyBreached: found.alreadyBreached,
    };
  });
}

/** The unrounded numbers of the shocked asset that enter the reading. */
export interface HeadlineMetrics {
  readonly lac5Usd: number;
  readonly lac10Usd: number;
  readonly gexIndex: number | null;
  readonly gammaNeutralityPrice: number | null;
  /** Highest haircut breakpoint over the protocols. */
  readonly haircutBreakpoint: number | null;
}

/** Computes the headline metrics once more, unrounded: the reading rounds them in its own direction. */
export function headlineMetrics(
  system: System,
  venues: readonly (Venues | null)[],
  shockAsset: string,
): HeadlineMetrics {
  const { assets } = system;
  const asset = assets.index.get(shockAsset) ?? -1;
  const own = venues[asset] ?? null;
  const lines = asset < 0 ? null : linesOf(system, asset);
  const quoteUsd = own === null ? 1 : assets.spot[assets.quote[asset]!]!;
  const breakpoints = system.protocols.flatMap((protocol) => {
    const view = { snapshot: system.snapshot, protocol: protocol.id, asset: shockAsset };
    return lendingHaircutBreakpoint(view).price ?? [];
  });
  return {
    lac5Usd: own === null ? 0 : lac(own, 0.05, quoteUsd).usd,
    lac10Usd: own === null ? 0 : lac(own, 0.1, quoteUsd).usd,
    gexIndex:
      own === null || lines === null ? null : gexIndex(gexAt(lines, assets.spot[asset]!), own, quoteUsd),
    gammaNeutralityPrice: lines === null ? null : gammaNeutralityPrice(lines).price,
    haircutBreakpoint: breakpoints.length === 0 ? null : Math.max(...breakpoints),
  };
}
