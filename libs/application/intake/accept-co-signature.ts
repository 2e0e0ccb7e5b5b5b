import { artefactOf } from '../artefact.js';
import type { Address, CoSignature, Digest, HexBytes } from '../artefacts.js';
import { jobOf } from '../commanding.js';
import type { LinePorts } from '../line-ports.js';
import type { Intaken } from './outcome.js';

/** Takes an owner's signature over the hash of a Safe transaction. */
export function acceptCoSignature(ports: Pick<LinePorts, 'store' | 'clock' | 'signatures' | 'safes'>) {
  return async (
    id: Digest,
    signed: { readonly signer: Address; readonly signature: HexBytes },
  ): Promise<Intaken<'co-signature'>> => {
    const found = await ports.store.transaction((tx) => tx.get('safe-transaction', id));
    if (found === null) return { kind: 'unknown-subject', reason: `There is no Safe transaction ${id}.` };
    const { role, safeTxHash, validUntil } = found.body;
    const signer = signed.signer.toLowerCase() as Address;
    const [safe, now] = [await ports.safes.safe(role), await ports.clock.now()];
    if (now > validUntil)
      return {
        kind: 'refused',
        code: 'GOV-203',
        reason: `The Safe transaction was valid until ${validUntil}.`,
        field: null,
      };
    if (!safe.owners.some((o) => o.toLowerCase() === signer)) {
      return {
        kind: 'refused',
        code: 'GOV-204',
        reason: `${signer} does not own a seat of the ${role} Safe.`,
        field: '/signer',
      };
    }
    if (!(await ports.signatures.signedBy({ hash: safeTxHash, signer, signature: signed.signature }))) {
      return {
        kind: 'refused',
        code: 'GOV-205',
        reason: `The signature is not ${signer}'s over ${safeTxHash}.`,
        field: '/signature',
      };
    }
    const body: CoSignature = { safeTransaction: id, signer, signature: signed.signature };
    const artefact = artefactOf('co-signature', { parentId: id, createdAt: now }, body);
    const stored = await ports.store.transaction(async (tx) => {
      const result = await tx.put(artefact);
      await tx.enqueue(jobOf('co-sign', id, { mark: artefact.id }));
      return result;
    });
    return { kind: 'accepted', artefact, repeated: stored === 'already-stored' };
  };
}
