/** What an RPC endpoint's refusal means. Each kind asks for another reaction; `retryable` says whether the same request may simply be sent again. */
export type RpcAnswerKind =
  | 'down'
  | 'slow'
  | 'rate-limited'
  | 'other-chain'
  | 'behind'
  | 'nonce-too-low'
  | 'nonce-too-high'
  | 'underpriced'
  | 'already-known'
  | 'insufficient-funds'
  | 'gas-limit'
  | 'reverted'
  | 'unknown';

export interface RpcAnswer {
  readonly kind: RpcAnswerKind;
  readonly retryable: boolean;
  /** True when a broadcast may have reached the node all the same: look the hash up before anything else. */
  readonly outcomeUnknown: boolean;
  readonly text: string;
}

interface Rule {
  readonly kind: RpcAnswerKind;
  readonly text: RegExp;
  readonly retryable?: boolean;
  readonly outcomeUnknown?: boolean;
}

/**
 * Clients agree on no error codes, only roughly on words; the first match wins.
 * "already known", "already imported" and "nonce too low" after a broadcast all mean: look the hash up.
 */
const RULES: readonly Rule[] = [
  {
    kind: 'already-known',
    text: /already known|already imported|known transaction|alreadyknown/i,
    outcomeUnknown: true,
  },
  {
    kind: 'nonce-too-low',
    text: /nonce too low|nonce is too low|old nonce|oldnonce|nonce provided for the transaction.*lower/i,
    outcomeUnknown: true,
  },
  { kind: 'nonce-too-high', text: /nonce too high|nonce gap/i },
  {
    kind: 'underpriced',
    text: /underpriced|max fee per gas less than block base fee|fee cap.*lower than.*base fee|feetoolow|gas price too low/i,
  },
  { kind: 'insufficient-funds', text: /insufficient funds/i },
  {
    kind: 'gas-limit',
    text: /intrinsic gas too (low|high)|exceeds block gas limit|gas limit reached|out of gas/i,
  },
  { kind: 'other-chain', text: /invalid chain id|chain id mismatch|wrong chain|incorrect chain/i },
  {
    kind: 'rate-limited',
    text: /\b429\b|rate.?limit|too many requests|request limit|-32005/i,
    retryable: true,
  },
  { kind: 'reverted', text: /execution reverted|revert|vm exception|custom error/i },
  {
    kind: 'behind',
    text: /header not found|unknown block|block.{0,20}not found|missing trie node|blockoutofrange|block out of range/i,
    retryable: true,
  },
  { kind: 'slow', text: /timed? ?out|timeout|took too long/i, retryable: true, outcomeUnknown: true },
  {
    kind: 'down',
    text: /fetch failed|econnrefused|econnreset|enotfound|eai_again|socket|http request failed|network|\b50[0234]\b|service unavailable|bad gateway/i,
    retryable: true,
    outcomeUnknown: true,
  },
];

/** Classifies whatever a client threw, by the texts of the error and its causes. */
export function rpcAnswer(thrown: unknown): RpcAnswer {
  const text = textsOf(thrown).join(' | ');
  const rule = RULES.find((candidate) => candidate.text.test(text));
  return {
    kind: rule?.kind ?? 'unknown',
    retryable: rule?.retryable ?? false,
    outcomeUnknown: rule?.outcomeUnknown ?? rule === undefined,
    text: text.slice(0, 600),
  };
}

/** `shortMessage` repeats the request, whose call data may contain any word, so `details` come first and whole messages only where nothing shorter exists. */
function textsOf(thrown: unknown): string[] {
  const texts: string[] = [];
  let current: unknown = thrown;
  for (let depth = 0; depth < 8 && typeof current === 'object' && current !== null; depth += 1) {
    const { name, details, shortMessage, message, status, code, cause } = current as Record<string, unknown>;
    const short = [details, shortMessage].filter((part): part is string => typeof part === 'string');
    texts.push(...short);
    if (short.length === 0 && typeof message === 'string') texts.push(message);
    if (typeof name === 'string') texts.push(name);
    for (const part of [status, code])
      if (typeof part === 'number' || typeof part === 'string') texts.push(String(part));
    current = cause;
  }
  if (texts.length === 0) texts.push(String(thrown));
  return texts;
}
