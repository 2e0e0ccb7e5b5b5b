import { decide, type Command, type Decision, type Policy, type ProposalEvent } from '#libs/governance/index';
import type { Digest } from './artefacts.js';
import type { Job, StageQueue, StageTransaction } from './ports.js';
import { proposalEvents } from './store-reads.js';

/** Decides commands on one proposal one after the other and appends what they record; stops at the first refusal. */
export async function command(
  tx: StageTransaction,
  proposal: Digest,
  asked: { readonly commands: readonly Command[]; readonly policy: Policy; readonly now: number },
): Promise<Decision> {
  const before = await proposalEvents(tx, proposal);
  const now = Math.max(asked.now, before[before.length - 1]?.at ?? 0);
  let events: readonly ProposalEvent[] = before;
  let last: Decision = { ok: true, events: [], intents: [] };
  for (const one of asked.commands) {
    last = decide({ events, policy: asked.policy }, one, now);
    if (!last.ok) return last;
    events = [...events, ...last.events];
  }
  const fresh = events.slice(before.length);
  if (fresh.length > 0) await tx.append(proposal, fresh, before.length);
  return last.ok ? { ...last, events: fresh } : last;
}

/** One sentence for a refusal. */
export function refusalText(decision: Decision & { ok: false }): string {
  const { state, command: asked, reason } = decision.refusal;
  return `${asked} refused in ${state}: ${reason}`;
}

/** A job of one stage. The same artefact and mark give the same job. */
export function jobOf(
  queue: StageQueue,
  artefact: Digest | null,
  options: { readonly mark?: string; readonly notBefore?: number } = {},
): Job {
  const mark = options.mark === undefined ? '' : `/${options.mark}`;
  return {
    queue,
    id: `${queue}/${artefact ?? 'any'}${mark}`,
    artefact,
    notBefore: options.notBefore ?? null,
  };
}
