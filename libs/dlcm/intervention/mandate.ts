import type { LendingProtocol, Snapshot } from '#libs/market/index';
import { ScenarioError } from '../cascade/error.js';

/** Common rules that members of a coalition accept, as the least each of them must keep to. */
export interface Mandate {
  /** Members bound by it; every lending member of the snapshot by default. */
  readonly members?: readonly string[];
  /** An account may be liquidated only after it has been unhealthy for so many whole seconds; 0 by default. */
  readonly liquidationDelaySec?: number;
  /** A price may be used only once it is so many whole seconds old; 0 by default. */
  readonly priceDelaySec?: number;
}

/** A snapshot under a mandate. */
export interface MandatedSnapshot {
  readonly snapshot: Snapshot;
  /** Lending protocols, by id, whose terms the mandate changed. */
  readonly changed: readonly string[];
}

/**
 * Puts a mandate on lending members (MODEL 0.26): delay' = max(delay, mandated), latency' = max(latency, mandated). It only
 * raises; who already waits longer keeps its terms.
 *
 * The delay of liquidations acts at level v3 (`DlcmInput.scenario.level`), that of prices at every level. Neither need lower a
 * loss: run both snapshots to see.
 *
 * @throws ScenarioError (DLCM-142) for a delay that is not a whole number of seconds of at least 0, or a member that lends nothing
 * @example applyMandate(snapshot, { liquidationDelaySec: 600 }).changed // ids of the protocols that had less
 */
export function applyMandate(snapshot: Snapshot, mandate: Mandate): MandatedSnapshot {
  const { liquidationDelaySec = 0, priceDelaySec = 0 } = mandate;
  requireSeconds('mandate.liquidationDelaySec', liquidationDelaySec);
  requireSeconds('mandate.priceDelaySec', priceDelaySec);
  const members = boundMembers(snapshot, mandate);
  const changed: string[] = [];
  const lending = snapshot.lending.map((protocol) => {
    if (!members.has(protocol.member)) return protocol;
    const after = mandated(protocol, { liquidationDelaySec, priceDelaySec });
    if (after !== protocol) changed.push(protocol.id);
    return after;
  });
  return { snapshot: changed.length === 0 ? snapshot : { ...snapshot, lending }, changed };
}

function mandated(
  protocol: LendingProtocol,
  least: { readonly liquidationDelaySec: number; readonly priceDelaySec: number },
): LendingProtocol {
  const liquidationDelaySec = Math.max(protocol.liquidationDelaySec, least.liquidationDelaySec);
  const latencySec = Math.max(protocol.oracle.latencySec, least.priceDelaySec);
  const same =
    liquidationDelaySec === protocol.liquidationDelaySec && latencySec === protocol.oracle.latencySec;
  return same ? protocol : { ...protocol, liquidationDelaySec, oracle: { ...protocol.oracle, latencySec } };
}

function boundMembers(snapshot: Snapshot, mandate: Mandate): ReadonlySet<string> {
  const lenders = new Set(snapshot.lending.map((protocol) => protocol.member));
  if (mandate.members === undefined) return lenders;
  const unknown = mandate.members.find((member) => !lenders.has(member));
  if (unknown === undefined) return new Set(mandate.members);
  throw new ScenarioError('mandate.members', unknown, 'members with a lending protocol in the snapshot');
}

function requireSeconds(field: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new ScenarioError(field, `${value}`, 'a whole number of seconds of at least 0');
}
