import type { Artefact, RegistryLink, SafeRole } from '../artefacts.js';
import type { StageTransaction } from '../ports.js';
import { isFastInFlight, standingProposals, vouching, type RegistryState } from '../store-reads.js';

/** An evaluation that waits for attestations, in the form the registry would take it now. */
export interface AttestationRequest {
  readonly evaluation: Artefact<'evaluation'>;
  readonly link: RegistryLink;
  readonly vouchedBy: readonly string[];
}

/**
 * What attesters are asked to sign now: the newest evaluation, unless the registry holds it or one as new. While a fast action is
 * on its way nothing newer is asked for, since the chain executes it only on the newest attested evaluation.
 */
export async function openAttestationRequests(
  tx: StageTransaction,
  now: number,
  registry: RegistryState,
): Promise<readonly AttestationRequest[]> {
  const [newest] = await tx.newest('evaluation', 1);
  if (
    newest === undefined ||
    newest.id === registry.link.parentDigest ||
    newest.body.reading.thresholdStatus === 'unpublishable'
  )
    return [];
  const published = await tx.get('evaluation', registry.link.parentDigest);
  if (published !== null && published.body.t0 >= newest.body.t0) return [];
  if ((await standingProposals(tx, now)).some((p) => isFastInFlight(p, now))) return [];
  const attestations = (await tx.children('attestation', newest.id)).map((a) => a.body);
  const vouchedBy = vouching(attestations, registry).map((a) => a.signer.toLowerCase());
  return [{ evaluation: newest, link: registry.link, vouchedBy }];
}

/** Safe transactions of a role that wait for signatures. */
export async function openSafeTransactions(
  tx: StageTransaction,
  now: number,
  role: SafeRole | null,
): Promise<readonly Artefact<'safe-transaction'>[]> {
  const open: Artefact<'safe-transaction'>[] = [];
  for (const { state } of await standingProposals(tx, now)) {
    if (state.name !== 'Signing' || state.safeTransaction === null) continue;
    const transaction = await tx.get('safe-transaction', state.safeTransaction);
    if (transaction !== null && (role === null || transaction.body.role === role)) open.push(transaction);
  }
  return open;
}
