import { stateNow } from '#libs/governance/index';
import type { CoSignature, Digest } from '../artefacts.js';
import { command, jobOf, refusalText } from '../commanding.js';
import type { LinePorts, StageOutcome } from '../line-ports.js';
import { isDead, liveSafeTransactions } from '../safe-nonces.js';
import { mustGet, proposalEvents } from '../store-reads.js';

/** Sends a Safe transaction on once enough owners signed it. Runs again on every signature. */
export function coSignStage(ports: Pick<LinePorts, 'store' | 'clock' | 'safes' | 'policy'>) {
  return async (id: Digest): Promise<StageOutcome> => {
    const now = await ports.clock.now();
    const { body: transaction } = await ports.store.transaction((tx) => mustGet(tx, 'safe-transaction', id));
    const safe = await ports.safes.safe(transaction.role);
    return ports.store.transaction(async (tx) => {
      const signers = ownersWhoSigned(
        (await tx.children('co-signature', id)).map((s) => s.body),
        safe.owners,
      );
      const note = `${signers.length} of ${safe.threshold} signatures`;
      const state = stateNow(await proposalEvents(tx, transaction.proposal), now);
      if (state.safeTransaction !== id)
        return { stage: 'co-sign', artefacts: [], note: 'replaced by another Safe transaction' };
      if (state.name === 'Queued') {
        await tx.enqueue(jobOf('relay', id));
        return { stage: 'co-sign', artefacts: [id], note };
      }
      const others = (await liveSafeTransactions(tx, transaction.role, now))
        .filter((t) => t.id !== id)
        .map((t) => t.body);
      if (isDead(transaction, safe.nonce, others)) {
        await tx.enqueue(jobOf('build', transaction.proposal, { mark: `after-${id}` }));
        return {
          stage: 'co-sign',
          artefacts: [],
          note: `nonce ${transaction.nonce} can no longer run; the Safe is at ${safe.nonce}`,
        };
      }
      if (signers.length < safe.threshold) return { stage: 'co-sign', artefacts: [], note };
      const owners = safe.owners.map((o) => o.toLowerCase());
      const asked = {
        type: 'complete-signatures',
        safeTransaction: id,
        signers,
        owners,
        threshold: safe.threshold,
      } as const;
      const decision = await command(tx, transaction.proposal, {
        commands: [asked],
        policy: ports.policy,
        now,
      });
      if (!decision.ok) return { stage: 'co-sign', artefacts: [], note: refusalText(decision) };
      await tx.enqueue(jobOf('relay', id));
      return { stage: 'co-sign', artefacts: [id], note: `signed by ${signers.join(', ')}` };
    });
  };
}

/** Distinct owners among the signers, lower case, ascending. */
export function ownersWhoSigned(
  signatures: readonly CoSignature[],
  owners: readonly string[],
): readonly string[] {
  const known = new Set(owners.map((o) => o.toLowerCase()));
  return [...new Set(signatures.map((s) => s.signer.toLowerCase()))].filter((s) => known.has(s)).sort();
}
