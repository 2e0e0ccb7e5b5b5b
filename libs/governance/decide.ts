import type { Command, CommandType, Intent } from './commands.js';
import type { ProposalEvent, ProposalEventType } from './events.js';
import { acceptedEvents, isFinal, type StateName } from './lifecycle.js';
import type { Policy } from './policy.js';
import { RULES, type Rule, type RuledCommand, type Situation } from './rules.js';
import { stateOf } from './state-of.js';

/** What a decision rests on. */
export interface ProposalFacts {
  /** The proposal's stream so far; empty before it is drafted. */
  readonly events: readonly ProposalEvent[];
  readonly policy: Policy;
}

/** Why a command was refused, and what would be accepted now. */
export interface Refusal {
  /** `None` before the proposal is drafted. */
  readonly state: StateName | 'None';
  readonly command: CommandType;
  readonly reason: string;
  readonly accepted: readonly CommandType[];
}

/** Outcome of a command: the facts to append and the work to start, or a refusal. */
export type Decision =
  | { readonly ok: true; readonly events: readonly ProposalEvent[]; readonly intents: readonly Intent[] }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Decides one command on one proposal at a time. Nothing is performed: the caller appends `events` and starts `intents`.
 *
 * @param now chain time in unix seconds; a time before the newest event is refused
 * @throws LifecycleError when the stream itself breaks the table
 * @example decide({ events: [], policy: POLICY }, { type: 'veto', ... }, now) // ok: false, accepted: ['draft']
 */
export function decide(facts: ProposalFacts, command: Command, now: number): Decision {
  if (facts.events.length === 0) return decideFirst(command, now);
  const situation: Situation = { state: stateOf(facts.events, now), policy: facts.policy, now };
  const newest = facts.events[facts.events.length - 1]?.at ?? 0;
  if (now < newest)
    return refuse(situation, command, `the time ${now} is before the newest event at ${newest}`);
  if (command.type === 'draft') return refuse(situation, command, 'the proposal is drafted already');
  if (command.type === 'reorg') return decideReorg(command, facts, situation);
  return decideRuled(command, situation);
}

function decideFirst(command: Command, now: number): Decision {
  const first = (reason: string): Decision => ({
    ok: false,
    refusal: { state: 'None', command: command.type, reason, accepted: ['draft'] },
  });
  if (command.type !== 'draft') return first('the proposal does not exist');
  if (command.openForSameLever.length > 0)
    return first(`one open proposal per member, asset and lever: ${command.openForSameLever.join(', ')}`);
  if (command.terms.validUntil <= now) return first(`the terms were valid until ${command.terms.validUntil}`);
  return {
    ok: true,
    events: [{ type: 'Drafted', at: now, proposal: command.proposal, terms: command.terms }],
    intents: [],
  };
}

function decideReorg(
  command: Command & { type: 'reorg' },
  facts: ProposalFacts,
  situation: Situation,
): Decision {
  if (command.fromBlock <= command.finalisedBlock)
    return refuse(
      situation,
      command,
      `block ${command.fromBlock} is final: ${command.finalisedBlock} is finalised`,
    );
  const touched = facts.events.some(
    (event) => 'block' in event && event.block !== null && event.block.number >= command.fromBlock,
  );
  if (!touched)
    return refuse(situation, command, `no recorded event lies in block ${command.fromBlock} or later`);
  return {
    ok: true,
    events: [{ type: 'Reorged', at: situation.now, fromBlock: command.fromBlock }],
    intents: [{ type: 'relay' }],
  };
}

function decideRuled(command: Extract<Command, { type: RuledCommand }>, situation: Situation): Decision {
  const rule = RULES[command.type] as Rule<RuledCommand>;
  if (!rule.events.some((event) => accepts(situation, event))) {
    const why = isFinal(situation.state.name)
      ? 'the state is final'
      : 'the state does not accept this command';
    return refuse(situation, command, why);
  }
  const reason = rule.refuse?.(command, situation) ?? null;
  if (reason !== null) return refuse(situation, command, reason);
  return {
    ok: true,
    events: [rule.record(command, situation)],
    intents: rule.intents?.(command, situation) ?? [],
  };
}

const accepts = ({ state }: Situation, event: ProposalEventType): boolean =>
  acceptedEvents(state.name).includes(event);

function refuse(situation: Situation, command: Command, reason: string): Decision {
  return {
    ok: false,
    refusal: {
      state: situation.state.name,
      command: command.type,
      reason,
      accepted: acceptedCommands(situation),
    },
  };
}

function acceptedCommands(situation: Situation): readonly CommandType[] {
  const entries = Object.entries(RULES) as [
    RuledCommand,
    { readonly events: readonly ProposalEventType[] },
  ][];
  return entries
    .filter(([, rule]) => rule.events.some((event) => accepts(situation, event)))
    .map(([type]) => type);
}
