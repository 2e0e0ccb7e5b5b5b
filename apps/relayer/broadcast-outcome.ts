import type { BroadcastOutcome } from '#libs/application/index';
import type { RpcAnswerKind } from '#libs/chain/index';
import { RelayError } from './relay-error.js';

export interface EndpointAnswer {
  readonly kind: RpcAnswerKind | 'accepted';
  readonly text: string;
}

/** In order of what they prove: one endpoint that took the transaction is enough, a refusal counts only if nobody took it. */
const BY_WEIGHT: readonly (readonly [EndpointAnswer['kind'], BroadcastOutcome])[] = [
  ['accepted', 'accepted'],
  ['already-known', 'already-known'],
  ['nonce-too-low', 'nonce-too-low'],
  ['underpriced', 'underpriced'],
];
/** Answers that may hide an accepted transaction: its hash decides. */
const SILENT: readonly EndpointAnswer['kind'][] = [
  'down',
  'slow',
  'rate-limited',
  'unknown',
  'behind',
  'nonce-too-high',
];

export function broadcastOutcome(answers: readonly EndpointAnswer[]): BroadcastOutcome {
  const known = BY_WEIGHT.find(([kind]) => answers.some((answer) => answer.kind === kind));
  if (known !== undefined) return known[1];
  if (answers.some(({ kind }) => SILENT.includes(kind))) return 'unknown';
  const texts = answers.map(({ kind, text }) => `${kind}: ${text}`).join(' | ');
  throw new RelayError(
    'RLY-201',
    `Every endpoint refused the transaction (${texts}). Fund the relayer or correct the gas limit; the attempt stays in the journal and is sent again.`,
    true,
    { answers },
  );
}
