import type { Venues } from './amm/index.js';
import type { DlcmResult } from './cascade/dlcm-run.js';
import { runCascade } from './cascade/run.js';
import { systemOf, type System } from './cascade/system.js';
import type {
  ChainLacRecord,
  GexRecord,
  HaircutRecord,
  LacIndexRecord,
  LacRecord,
  PriceDriverRecord,
} from './evaluation-record.js';
import {
  feedbackGain,
  gammaNeutralityPrice,
  gex,
  gexAt,
  gexIndex,
  lac,
  lacByChain,
  lacIndex,
  lendingHaircutBreakpoint,
  liquidationAccounts,
  lookThroughCollateral,
  priceDriverPoint,
  type Lac,
  type LacIndexTerm,
  type PathBreakpoint,
} from './metrics/index.js';
import { optionLines, type OptionLines } from './options/index.js';
import { publish, publishOptional } from './publication.js';
import type { Scenario } from './scenario.js';

const SHIFTS = [
  ['0.05', 0.05],
  ['0.10', 0.1],
] as const;

/** LAC at 5 and 10 % of every asset with venues, on its home chain: nothing crosses a bridge. */
export function lacRecords(system: System, venues: readonly (Venues | null)[]): readonly LacRecord[] {
  const { assets } = system;
  return [...assets.index.values()].flatMap((asset) => {
    const own = venues[asset] ?? null;
    if (own === null) return [];
    return SHIFTS.map(([shift, theta]) => ({
      asset: assets.ids[asset]!,
      shift,
      ...lacNumbers(lac(own, theta, assets.spot[assets.quote[asset]!]!)),
    }));
  });
}

function lacNumbers(capacity: Lac): Omit<LacRecord, 'asset' | 'shift'> {
  return {
    units: publish('units', capacity.units),
    usd: publish('usd', capacity.usd),
    averageExecutionUnits: publish('units', capacity.averageExecutionUnits),
    exhausted: capacity.exhausted,
  };
}

/** LAC at 5 and 10 % of the shocked asset, chain by chain. */
export function chainLacRecords(system: System, shockAsset: string): readonly ChainLacRecord[] {
  return SHIFTS.flatMap(([shift, theta]) =>
    lacByChain(system.snapshot, { asset: shockAsset, shift: theta }).map((own) => ({
      asset: shockAsset,
      chain: own.chain,
      shift,
      ...lacNumbers(own),
    })),
  );
}

/**
 * LAC index of a reference run (MODEL 7, 0.21): what it sold by force against LAC(10 %) of the same market after the
 * same shock and liquidity flight, but with nobody to be liquidated and nothing to be hedged.
 */
export function lacIndexOf(system: System, scenario: Scenario, reference: DlcmResult): LacIndexRecord {
  const segmentsOf = stressedSegments(system, scenario, reference);
  const terms = [...lookThroughCollateral(system.snapshot)].flatMap(([asset, usd]) => {
    const segments = segmentsOf(asset);
    const forced = segments.reduce((sum, own) => sum + own.forcedUnits, 0);
    if (segments.length === 1 || !(forced > 0))
      return [{ ...segments[0]!, asset, collateralUsd: usd, forcedUnits: forced }];
    // An asset sold in several segments counts in each with its share of the forced sales.
    return segments.map((own) => ({ ...own, collateralUsd: (usd * own.forcedUnits) / forced }));
  });
  return {
    value: publish('index', lacIndex(terms)),
    terms: terms.map((term) => ({
      asset: term.asset,
      collateralUsd: publish('usd', term.collateralUsd),
      absorbableUnits: term.absorbableUnits < Infinity ? publish('units', term.absorbableUnits) : null,
      forcedUnits: publish('units', term.forcedUnits),
    })),
  };
}

/** Price shift within which the LAC index asks the market to absorb the forced sales. */
const REFERENCE_SHIFT = 0.1;

/** What an asset's venues absorb in one segment of the stressed market, and what was sold there by force. */
type SegmentTerm = Omit<LacIndexTerm, 'collateralUsd'>;

/** Segments of an asset, home first, at the end of the shocked path without any endogenous flow. */
function stressedSegments(
  system: System,
  scenario: Scenario,
  reference: DlcmResult,
): (asset: string) => readonly SegmentTerm[] {
  const { snapshot, assets } = system;
  const quiet = systemOf({
    ...snapshot,
    lending: snapshot.lending.map((protocol) => ({ ...protocol, positions: [] })),
    perps: snapshot.perps.map((venue) => ({ ...venue, accounts: [] })),
    books: [],
  });
  const { venues, segments } = runCascade(quiet, scenario).state;
  return (asset) => {
    const rows = assets.ids.flatMap((id, row) => (id === asset ? [row] : []));
    const home = assets.index.get(asset) ?? -1;
    const leaders = [...new Set([home, ...rows].map((row) => segments.leader[row] ?? -1))];
    return leaders.map((leader): SegmentTerm => {
      const own = venues[leader] ?? null;
      const sold = rows.filter((row) => segments.leader[row] === leader);
      return {
        asset: leaders.length === 1 ? asset : `${asset} on ${assets.chains[leader % assets.chains.length]}`,
        absorbableUnits: own === null ? Infinity : lac(own, REFERENCE_SHIFT).units,
        forcedUnits: sold.reduce((sum, row) => sum + reference.grossSoldByRow[row]!, 0),
      };
    });
  };
}

/** Price-driver point of every asset whose hedging books hold options. */
export function priceDriverRecords(
  system: System,
  venues: readonly (Venues | null)[],
  direction: 'down' | 'up',
): readonly PriceDriverRecord[] {
  return [...system.assets.index].flatMap(([asset, i]) => {
    const lines = linesOf(system, i, true);
    const own = venues[i] ?? null;
    if (lines === null || own === null) return [];
    const { shock, flowUnits } = priceDriverPoint(lines, own, direction);
    return [
      { asset, shock: publishOptional('share', shock), flowUnits: publishOptional('units', flowUnits) },
    ];
  });
}

/** GEX, its index and the gamma neutrality price of every asset that has option books; the profile of the shocked one. */
export function gexRecords(
  system: System,
  venues: readonly (Venues | null)[],
  shockAsset: string,
): readonly GexRecord[] {
  const { assets } = system;
  return [...assets.index].flatMap(([id, asset]) => {
    const lines = linesOf(system, asset);
    const own = venues[asset] ?? null;
    if (lines === null || own === null) return [];
    const accounts = system.protocols.flatMap((protocol) =>
      liquidationAccounts({ snapshot: system.snapshot, protocol: protocol.id, asset: id }),
    );
    const exposure = gex(lines, accounts);
    const neutral = gammaNeutralityPrice(lines);
    const feedback = feedbackGain(lines, own);
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
        feedbackGain: publishOptional('index', feedback.gain),
        amplification: publishOptional('index', feedback.amplification),
        profile: profile.map((point) => ({
          spot: publish('price', point.spot),
          optionsUsd: publish('usd', point.optionsUsd),
          liquidationsUsd: publish('usd', point.liquidationsUsd),
        })),
      },
    ];
  });
}

/** All option lines of one asset over its books (or those that hedge), in book and line order; null without any. */
function linesOf(system: System, asset: number, hedgingOnly: boolean = false): OptionLines | null {
  const { options, assets, snapshot } = system;
  const own = options.books.flatMap((book) =>
    book.asset === assets.ids[asset] && (book.hedged || !hedgingOnly)
      ? book.options.map((line) => ({ ...line, id: `${book.id}/${line.id}` }))
      : [],
  );
  if (own.length === 0) return null;
  const { rate, yield: carry } = snapshot.assets.find((candidate) => candidate.id === assets.ids[asset])!;
  const sorted = own.sort((a, b) => (a.id < b.id ? -1 : 1));
  return optionLines(sorted, { spot: assets.spot[asset]!, rate, yield: carry, surfaces: snapshot.surfaces });
}

/** Haircut breakpoint of every lending protocol along the shocked asset's price, static and on the path of a run. */
export function haircutRecords(
  system: System,
  shockAsset: string,
  onPath: readonly PathBreakpoint[],
): readonly HaircutRecord[] {
  return system.protocols.map((protocol) => {
    const dynamic = onPath.find((own) => own.protocol === protocol.id);
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
      pathPrice: publishOptional('price', dynamic?.price ?? null),
      pathSec: dynamic?.sec ?? null,
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
