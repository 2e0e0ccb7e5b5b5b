import type { BlockRef } from '#libs/governance/index';
import { RelayError } from './relay-error.js';

export type EndpointLookup =
  | {
      readonly kind: 'mined';
      readonly block: BlockRef;
      readonly status: 'success' | 'reverted';
      readonly gasUsed: string;
    }
  | { readonly kind: 'pending' | 'unknown' }
  | { readonly kind: 'silent'; readonly reason: string };

export type AgreedLookup = Exclude<EndpointLookup, { readonly kind: 'silent' }>;

/**
 * What the endpoints together say of a transaction. Included only when more than half of *all* endpoints name the same block: a
 * lying or lagging one alone can neither invent an inclusion nor, when others saw it, make the transaction vanish.
 */
export function agreedLookup(answers: readonly EndpointLookup[]): AgreedLookup {
  const needed = Math.floor(answers.length / 2) + 1;
  const mined = answers.filter((answer) => answer.kind === 'mined');
  for (const candidate of mined) {
    const agreeing = mined.filter(
      ({ block, status }) => block.hash === candidate.block.hash && status === candidate.status,
    );
    if (agreeing.length >= needed) return candidate;
  }
  const silent = answers.filter((answer) => answer.kind === 'silent');
  if (answers.length - silent.length < needed && mined.length === 0) {
    throw new RelayError(
      'RLY-202',
      `Only ${answers.length - silent.length} of ${answers.length} endpoints answered, ${needed} are needed to say that a transaction is not on chain. It is asked again.`,
      true,
      { silent },
    );
  }
  const seen = mined.length > 0 || answers.some(({ kind }) => kind === 'pending');
  return { kind: seen ? 'pending' : 'unknown' };
}
