import type { Address, Artefact, Digest, HexBytes } from '#libs/application/index';
import type { BallotMessage } from '#libs/governance/index';

export interface SignedBy {
  readonly signer: Address;
  readonly signature: HexBytes;
}

/** Outcome of a signed statement: kept (again, if it was known), or refused with the code of the rule it breaks. */
export type Intaken<K extends 'attestation' | 'ballot' | 'co-signature'> =
  | { readonly kind: 'accepted'; readonly artefact: Artefact<K>; readonly repeated: boolean }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string; readonly field: string | null }
  | { readonly kind: 'unknown-subject'; readonly reason: string };

/** The only ways anything enters through this API. Each verifies the signature against the chain before it stores. */
export interface Intake {
  attestation(evaluation: Digest, signed: SignedBy): Promise<Intaken<'attestation'>>;
  coSignature(safeTransaction: Digest, signed: SignedBy): Promise<Intaken<'co-signature'>>;
  ballot(message: BallotMessage, signature: HexBytes): Promise<Intaken<'ballot'>>;
}
