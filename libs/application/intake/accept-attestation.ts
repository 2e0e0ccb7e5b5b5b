import { artefactOf } from '../artefact.js';
import type { Address, Attestation, Digest, HexBytes } from '../artefacts.js';
import { jobOf } from '../commanding.js';
import type { LinePorts } from '../line-ports.js';
import { registryState } from '../store-reads.js';
import type { Intaken } from './outcome.js';

/** Takes an attester's signature over an evaluation, for the registry's present state. */
export function acceptAttestation(
  ports: Pick<LinePorts, 'store' | 'clock' | 'codec' | 'signatures' | 'attesters'>,
) {
  return async (
    evaluation: Digest,
    signed: { readonly signer: Address; readonly signature: HexBytes },
  ): Promise<Intaken<'attestation'>> => {
    const registry = await registryState(ports.attesters);
    const found = await ports.store.transaction((tx) => tx.get('evaluation', evaluation));
    if (found === null) return { kind: 'unknown-subject', reason: `There is no evaluation ${evaluation}.` };
    const signer = signed.signer.toLowerCase() as Address;
    if (!registry.attesters.some((a) => a.toLowerCase() === signer)) {
      return {
        kind: 'refused',
        code: 'GOV-201',
        reason: `${signer} is not in the registry's attester set.`,
        field: '/signer',
      };
    }
    const { link } = registry;
    const hash = ports.codec.attestationHash(found.body, link);
    if (!(await ports.signatures.signedBy({ hash, signer, signature: signed.signature }))) {
      return {
        kind: 'refused',
        code: 'GOV-202',
        reason: `The signature is not ${signer}'s over ${hash} (parent ${link.parentDigest}, epoch ${link.attesterEpoch}).`,
        field: '/signature',
      };
    }
    const body: Attestation = {
      evaluation,
      link,
      signer,
      signature: signed.signature,
    };
    const artefact = artefactOf(
      'attestation',
      { parentId: evaluation, createdAt: await ports.clock.now() },
      body,
    );
    const stored = await ports.store.transaction(async (tx) => {
      const result = await tx.put(artefact);
      await tx.enqueue(jobOf('attest', evaluation, { mark: artefact.id }));
      return result;
    });
    return { kind: 'accepted', artefact, repeated: stored === 'already-stored' };
  };
}
