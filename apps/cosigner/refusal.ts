/** Why a co-signer does not sign. A code never changes its meaning; docs/errors.md says what to do. */
export const REFUSALS = {
  'SIG-201': 'own RPC endpoint does not answer',
  'SIG-202': 'own RPC endpoint serves another chain',
  'SIG-203': 'own RPC endpoint is behind the pinned block',
  'SIG-204': 'own RPC endpoints know another block at that height',
  'SIG-205': 'evidence is missing or contradicts itself',
  'SIG-206': 'computed by another engine build',
  'SIG-207': 'snapshot differs from own reading of the chain',
  'SIG-208': 'evaluation differs from own computation',
  'SIG-209': 'too old, or from the future, by the chain clock',
  'SIG-210': 'the registry stands elsewhere',
  'SIG-211': 'does not name exactly this chain',
  'SIG-220': 'content does not match its digest',
  'SIG-221': 'another Safe, chain or role',
  'SIG-222': 'does not encode its proposal',
  'SIG-223': 'the key owns no seat of the Safe',
  'SIG-224': 'the Safe nonce is used',
  'SIG-225': 'no longer valid',
  'SIG-226': 'proposal text, payload or counterfactuals do not match',
  'SIG-227': 'no breach that allows this action',
  'SIG-228': 'outside the budgets left on chain',
  'SIG-229': 'the fast path may only tighten or open a tranche',
  'SIG-230': 'the vote is not closed or did not succeed',
  'SIG-231': 'own count of the ballots differs',
  'SIG-240': 'the api does not answer usefully',
  'SIG-241': 'the api refused the signature',
} as const;
export type RefusalCode = keyof typeof REFUSALS;

export interface Refusal {
  readonly code: RefusalCode;
  readonly reason: string;
  /** True when the same request may be signed later without anything in it having changed. */
  readonly retryable: boolean;
  readonly details: readonly string[];
}

const RETRYABLE: ReadonlySet<RefusalCode> = new Set(['SIG-201', 'SIG-202', 'SIG-203', 'SIG-204', 'SIG-210', 'SIG-228', 'SIG-230', 'SIG-240', 'SIG-241']);

export function refusal(code: RefusalCode, reason: string, details: readonly string[] = []): Refusal {
  return { code, reason: `${REFUSALS[code]}: ${reason}`, retryable: RETRYABLE.has(code), details };
}

export type Verdict<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export const accepted = <T>(value: T): Verdict<T> => ({ ok: true, value });
export const refused = (because: Refusal): { readonly ok: false; readonly refusal: Refusal } => ({ ok: false, refusal: because });
