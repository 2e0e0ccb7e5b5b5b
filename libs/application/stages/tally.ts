import { stateNow, tally, type Tally } from '#libs/governance/index';
import { artefactOf } from '../artefact.js';
import type { Digest } from '../artefacts.js';
import { command, jobOf, refusalText } from '../commanding.js';
import type { LinePorts, StageOutcome } from '../line-ports.js';
import type { StageTransaction } from '../ports.js';
import { recount, type RecountPorts } from '../recount.js';
import { mustGet, proposalEvents } from '../store-reads.js';

type Ports = RecountPorts & Pick<LinePorts, 'store' | 'clock'>;

/** Counts a closed vote, once; before the close it puts itself off. */
export function tallyStage(ports: Ports) {
  return async (id: Digest): Promise<StageOutcome> => {
    const now = await ports.clock.now();
    const vote = await ports.store.transaction(async (tx) => {
      const events = await proposalEvents(tx, id);
      return {
        events,
        state: stateNow(events, now),
        ballots: (await tx.children('ballot', id)).map((b) => b.body),
        tallies: await tx.children('tally', id),
      };
    });
    const { state, events, ballots } = vote;
    if (state.tallyRoot !== null) return afterTally(ports, id, vote.tallies[0]?.id ?? id);
    const closesAt = state.voteEndsAt ?? now;
    if (now < closesAt) {
      await ports.store.transaction((tx) =>
        tx.enqueue(jobOf('tally', id, { mark: String(closesAt), notBefore: closesAt })),
      );
      return { stage: 'tally', artefacts: [], note: `the vote is open until ${closesAt}` };
    }
    const { facts, counted } = await recount(ports, { proposal: id, events, ballots, now });
    const result = tally(facts, counted);
    const stored = await ports.store.transaction((tx) => record(tx, id, { result, ports, now }));
    return { stage: 'tally', artefacts: stored.ids, note: stored.note };
  };
}

async function record(
  tx: StageTransaction,
  id: Digest,
  found: { readonly result: Tally; readonly ports: Ports; readonly now: number },
): Promise<{ ids: readonly Digest[]; note: string }> {
  const { result, ports, now } = found;
  const artefact = artefactOf('tally', { parentId: id, createdAt: result.closedAt }, result);
  const { outcome, root, quorumReached } = result;
  const decision = await command(tx, id, {
    commands: [{ type: 'record-tally', tally: artefact.id, root, outcome, quorumReached }],
    policy: ports.policy,
    now,
  });
  if (!decision.ok) return { ids: [], note: refusalText(decision) };
  await tx.put(artefact);
  for (const intent of decision.intents) {
    if (intent.type === 'build-safe-transaction') await tx.enqueue(jobOf('build', id));
    if (intent.type === 'settle-ratification')
      await settle(tx, intent.ratifies, { artefact: artefact.id, ...found });
  }
  return {
    ids: [artefact.id],
    note: `${outcome}: for ${result.for}, against ${result.against}, abstain ${result.abstain}, quorum ${result.quorum}`,
  };
}

/** Tells the ratified fast proposal; its own lifecycle decides what that means. Without quorum nothing is recorded there. */
async function settle(
  tx: StageTransaction,
  fast: Digest,
  found: { readonly artefact: Digest; readonly result: Tally; readonly ports: Ports; readonly now: number },
): Promise<void> {
  const { outcome, quorumReached } = found.result;
  const asked = { type: 'record-ratification', tally: found.artefact, outcome, quorumReached } as const;
  const decision = await command(tx, fast, { commands: [asked], policy: found.ports.policy, now: found.now });
  if (decision.ok && decision.intents.some((intent) => intent.type === 'return-to-baseline')) {
    await tx.enqueue(jobOf('read-back', fast, { mark: `ratification-${found.now}` }));
  }
}

async function afterTally(ports: Ports, id: Digest, tallyId: Digest): Promise<StageOutcome> {
  await ports.store.transaction(async (tx) => {
    await mustGet(tx, 'proposal', id);
    await tx.enqueue(jobOf('build', id));
  });
  return { stage: 'tally', artefacts: [tallyId], note: 'counted before' };
}
