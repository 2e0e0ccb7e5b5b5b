import type { Bridge } from '#libs/market/index';
import { freshVenues, splitVenues, type VenueCurves, type Venues } from '../amm/index.js';
import { curvesOf } from './asset-table.js';
import { SnapshotContentError } from './error.js';
import type { AssetIndex } from './lookup.js';
import type { RunState } from './run-state.js';
import type { Scenario } from '../scenario.js';
import type { System } from './system.js';

/** An asset that no venue of its segment trades although venues elsewhere do: nothing of it can be bought or sold. */
export const NO_VENUE = 2;

/**
 * The market segments of a moment: connected components of the chains under alive bridges (MODEL 4.4, 8.2). One chain of a
 * segment, the first in chain order, leads it: the venues, flows and flags of an asset in the segment stand at the
 * leader's row, every other row of the segment shows the leader's price.
 */
export interface Segments {
  /** Leading chain of each chain. */
  readonly leaderChain: Int32Array;
  /** Leading row of each row of the asset table. */
  readonly leader: Int32Array;
}

/** Second at which a bridge fails under a scenario, null for never; the scenario's word counts before the snapshot's. */
function failsAt(bridge: Bridge, scenario: Scenario): number | null {
  return scenario.bridgeFailures?.[bridge.id] ?? bridge.failsAtSec;
}

/**
 * Refuses bridges between unknown chains or of unknown assets.
 *
 * @throws SnapshotContentError (DLCM-141) naming the bridge and the field
 */
export function requireBridges(bridges: readonly Bridge[], assets: AssetIndex): void {
  for (const bridge of bridges) {
    const refuse = (field: string, value: string, accepted: string): never => {
      throw new SnapshotContentError(`bridge ${bridge.id}`, field, value, accepted);
    };
    for (const end of ['from', 'to'] as const)
      if (!assets.chains.includes(bridge[end])) refuse(end, bridge[end], 'a chain of the snapshot');
    for (const id of bridge.assets)
      if (!assets.index.has(id)) refuse('assets', id, 'an asset of the snapshot');
    if (!(bridge.depeg >= 0 && bridge.depeg < 1)) refuse('depeg', `${bridge.depeg}`, 'a share in [0, 1)');
  }
}

/** Segments at a second of the run. Below level v3 every chain is its own: nothing crosses a bridge. */
export function segmentsAt(system: System, scenario: Scenario, sec: number): Segments {
  const { chains, ids } = system.assets;
  const leaderChain = Int32Array.from(chains.keys());
  const alive = system.snapshot.bridges.filter((bridge) => {
    const failing = failsAt(bridge, scenario);
    return scenario.level === 'v3' && (failing === null || sec < failing);
  });
  // Each pass carries the smallest chain one bridge further; a path crosses every chain at most once.
  for (let pass = 0; pass < chains.length; pass += 1) {
    for (const { from, to } of alive) {
      const [a, b] = [chains.indexOf(from), chains.indexOf(to)];
      leaderChain[a] = leaderChain[b] = Math.min(leaderChain[a]!, leaderChain[b]!);
    }
  }
  const leader = Int32Array.from(ids.keys(), (row) => {
    const chain = row % chains.length;
    return row - chain + leaderChain[chain]!;
  });
  return { leaderChain, leader };
}

/** Chains that `chain` leads, by id. */
function membersOf(system: System, segments: Segments, chain: number): readonly string[] {
  return system.assets.chains.filter((_, c) => segments.leaderChain[c] === chain);
}

/** Curves of an asset's venues in the segment that its leading row stands for; null without a venue there. */
function curvesIn(system: System, segments: Segments, row: number): VenueCurves | null {
  const { assets, snapshot, segmentCurves } = system;
  const chains = membersOf(system, segments, row % assets.chains.length);
  if (chains.length <= 1 || assets.quote[row]! < 0) return assets.curves[row]!;
  const key = `${assets.ids[row]!} ${chains.join(' ')}`;
  const known = segmentCurves.get(key);
  if (known !== undefined) return known;
  const price = assets.spot[row]! / assets.spot[assets.quote[row]!]!;
  const curves = curvesOf(snapshot, { id: assets.ids[row]! }, { chains, price });
  segmentCurves.set(key, curves);
  return curves;
}

/** Venues of every leading row in the snapshot's state; null for followers, roots and assets without a venue there. */
export function segmentVenues(system: System, segments: Segments): (Venues | null)[] {
  return Array.from(segments.leader, (leader, row) => {
    if (leader !== row) return null;
    const curves = curvesIn(system, segments, row);
    return curves === null ? null : freshVenues(curves);
  });
}

/** Marks the leading rows that cannot be traded for want of a venue in their segment. */
export function markUnreachable(
  state: Pick<RunState, 'system' | 'venues' | 'drained'>,
  segments: Segments,
): void {
  const { quote } = state.system.assets;
  segments.leader.forEach((leader, row) => {
    const made = state.system.nested.ruleOf[row] !== null;
    if (leader === row && !made && quote[row]! >= 0 && state.venues[row] === null && state.drained[row] === 0)
      state.drained[row] = NO_VENUE;
  });
}

/** Lets every row show its leader's value. */
export function followLeaders(state: RunState, values: Float64Array): void {
  const { leader } = state.segments;
  if (state.system.assets.chains.length === 1) return;
  for (let row = 0; row < values.length; row += 1) values[row] = values[leader[row]!]!;
}

/** Whether what is on one chain can reach the other now. */
export function reaches(state: RunState, from: string, to: string): boolean {
  const { chains } = state.system.assets;
  if (chains.length === 1) return true;
  const { leaderChain } = state.segments;
  const [a, b] = [chains.indexOf(from), chains.indexOf(to)];
  return a >= 0 && b >= 0 && leaderChain[a] === leaderChain[b];
}

/**
 * Removes the bridges that fail in this tick (MODEL 8.2). A segment that falls apart leaves each part with the state of its
 * own pools and the prices and history of the whole; the assets a failed bridge carried are worth (1 - depeg) on its far side
 * from now on, once. A bridge whose ends stay connected another way changes nothing.
 */
export function failBridges(state: RunState): void {
  const { system, scenario, tick } = state;
  if (system.snapshot.bridges.length === 0 || scenario.level !== 'v3') return;
  const { stepSec } = scenario.path;
  const from = tick === 1 ? -Infinity : (tick - 1) * stepSec;
  const failing = system.snapshot.bridges.filter((bridge) => {
    const at = failsAt(bridge, scenario);
    return at !== null && at > from && at <= tick * stepSec;
  });
  if (failing.length === 0) return;
  splitSegments(state, segmentsAt(system, scenario, tick * stepSec));
  for (const bridge of failing) if (!reaches(state, bridge.from, bridge.to)) depeg(state, bridge);
}

function splitSegments(state: RunState, after: Segments): void {
  const before = state.segments;
  const whole = [...state.venues];
  for (const [row, leader] of after.leader.entries()) {
    const old = before.leader[row]!;
    if (leader !== row) continue;
    const curves = curvesIn(state.system, after, row);
    const venues = whole[old] ?? null;
    state.venues[row] = curves === null || venues === null ? null : splitVenues(venues, curves);
    state.drained[row] = state.drained[old]!;
    state.absorbedUp[row] = state.absorbedUp[old]!;
  }
  state.segments = after;
  markUnreachable(state, after);
  for (const book of state.books) book.asset = after.leader[book.ownAsset]!;
}

function depeg(state: RunState, bridge: Bridge): void {
  const { assets } = state.system;
  const { length } = assets.chains;
  const far = state.segments.leaderChain[assets.chains.indexOf(bridge.to)]!;
  for (const id of bridge.assets) {
    const home = assets.index.get(id)!;
    for (let chain = 0; chain < length; chain += 1) {
      const row = home - (home % length) + chain;
      if (state.segments.leaderChain[chain] === far) state.peg[row]! *= 1 - bridge.depeg;
    }
  }
}
