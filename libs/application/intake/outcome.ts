import type { Artefact } from '../artefacts.js';

/** What enters the line through a signature. */
export type SignedKind = 'attestation' | 'ballot' | 'co-signature';

/** Outcome of a signed statement: kept (again, if it was known), or refused with the code of the rule it breaks. */
export type Intaken<K extends SignedKind> =
  | { readonly kind: 'accepted'; readonly artefact: Artefact<K>; readonly repeated: boolean }
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly reason: string;
      readonly field: string | null;
    }
  | { readonly kind: 'unknown-subject'; readonly reason: string };
