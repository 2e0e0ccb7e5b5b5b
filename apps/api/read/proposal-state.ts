import {
  acceptedEvents,
  type DomainEvent,
  isFinal,
  type ProposalEvent,
  stateOf,
} from '#libs/governance/index';
import { isoTime } from '../http/fields.js';

/** Where a proposal stands at `now`, in words and times a page can show. */
export function proposalStateView(events: readonly DomainEvent[], now: number) {
  const state = stateOf(events as readonly ProposalEvent[], now);
  return {
    name: state.name,
    since: isoTime(state.since),
    final: isFinal(state.name),
    accepts: acceptedEvents(state.name),
    voteEndsAt: isoOrNull(state.voteEndsAt),
    readyAt: isoOrNull(state.readyAt),
    lapsesAt: isoOrNull(state.lapsesAt),
    tallyRoot: state.tallyRoot,
    safeTransaction: state.safeTransaction,
    submission: state.submission,
    effect: state.effect,
    renewals: state.renewals,
    ratified: state.ratified,
  };
}

function isoOrNull(seconds: number | null): string | null {
  return seconds === null ? null : isoTime(seconds);
}
