/** Why a co-signer does not sign. A code never changes its meaning; docs/errors.md says what to do. */
export const REFUSALS = {
  'COS-101': 'own RPC endpoint does not answer',
  'COS-102': 'own RPC endpoint serves another chain',
  'COS-103': 'own RPC endpoint is behind the pinned block',
  'COS-104': 'own RPC endpoints know another block at that height',
  'COS-105': 'evidence is missing or contradicts itself',
  'COS-106': 'computed by another engine build',
  'COS-107': 'snapshot differs from own reading of the chain',
  'COS-108': 'evaluation differs from own computation',
  'COS-109': 'too old, or from the future, by the chain clock',
  'COS-110': 'the registry stands elsewhere',
  'COS-111': 'does not name exactly this chain',
  'COS-112': 'own computation was interrupted',
  'COS-120': 'content does not match its digest',
  'COS-121': 'another Safe, chain or role',
  'COS-122': 'does not encode its proposal',
  'COS-123': 'the key has no say in it',
  'COS-124': 'the Safe nonce is used',
  'COS-125': 'no longer valid',
  'COS-126': 'text, payload, counterfactuals or times of the proposal do not match',
  'COS-127': 'no breach that allows this action',
  'COS-128': 'outside the budgets left on chain',
  'COS-129': 'the fast path may only tighten',
  'COS-130': 'the vote is not closed or did not succeed',
  'COS-131': 'own count of the ballots differs',
  'COS-132': 'the proposal is not open for signing',
  'COS-133': 'content has another shape',
  'COS-134': 'its class may not do this',
  'COS-140': 'the api does not answer usefully',
  'COS-141': 'the api refused the signature',
} as const;
export type RefusalCode = keyof typeof REFUSALS;

export interface Refusal {
  readonly code: RefusalCode;
  readonly reason: string;
  /** True when the same request may be signed later without anything in it having changed. */
  readonly retryable: boolean;
  readonly details: readonly string[];
}

/** What may pass by itself. A final refusal rests on content that a digest fixes. */
const RETRYABLE: ReadonlySet<RefusalCode> = new Set(
  ['101', '102', '103', '104', '105', '110', '112', '120', '128', '130', '132', '140', '141'].map(
    (number) => `COS-${number}` as RefusalCode,
  ),
);

export function refusal(code: RefusalCode, reason: string, details: readonly string[] = []): Refusal {
  return { code, reason: `${REFUSALS[code]}: ${reason}`, retryable: RETRYABLE.has(code), details };
}

export type Verdict<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export const accepted = <T>(value: T): Verdict<T> => ({ ok: true, value });
export const refused = (because: Refusal): { readonly ok: false; readonly refusal: Refusal } => ({
  ok: false,
  refusal: because,
});
