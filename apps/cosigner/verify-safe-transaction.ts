import {
  type Artefact,
  type ChainClock,
  type PayloadCodec,
  type SafeReader,
  type SafeTransaction,
  safeTransactionOf,
} from '#libs/application/index';
import { type ProposalEvent, stateOf } from '#libs/governance/index';
import { refusal, type Refusal } from './refusal.js';

export interface TransactionEvidence {
  readonly transaction: Artefact<'safe-transaction'>;
  readonly proposal: Artefact<'proposal'>;
  readonly events: readonly ProposalEvent[];
  /** Root that this co-signer counted itself; null on the fast path. */
  readonly tallyRoot: `0x${string}` | null;
}

export interface SafeMeans {
  readonly codec: PayloadCodec;
  readonly safes: SafeReader;
  readonly clock: ChainClock;
  /** Address of this co-signer's owner key. */
  readonly owner: string;
}

/** The Safe transaction is its proposal's, encoded anew here, for our Safe, still usable, and our key has a say in it. Null when all holds. */
export async function transactionRefusal(
  evidence: TransactionEvidence,
  own: SafeMeans,
): Promise<Refusal | null> {
  const { transaction, proposal, tallyRoot } = evidence;
  const expected = safeTransactionOf(proposal, {
    codec: own.codec,
    nonce: transaction.body.nonce,
    tallyRoot,
  });
  if (FOR_OUR_SAFE.some((field) => lower(transaction.body[field]) !== lower(expected[field]))) {
    const { body } = transaction;
    return refusal(
      'COS-121',
      `it is for the ${body.role} Safe ${body.safe} on chain ${body.chainId}, the proposal needs the ${expected.role} Safe ${expected.safe} on chain ${expected.chainId}`,
    );
  }
  const differing = differingFields(transaction.body, expected);
  if (differing.length > 0)
    return refusal('COS-122', `${differing.length} field(s) differ from own encoding`, differing);
  const [safe, now] = await Promise.all([own.safes.safe(expected.role), own.clock.now()]);
  return seatRefusal(expected, own.owner, safe) ?? timeRefusal(expected, now) ?? stateRefusal(evidence, now);
}

const FOR_OUR_SAFE = ['role', 'safe', 'chainId'] as const;

/** Addresses may differ in case only. */
const lower = (value: unknown): string => String(value).toLowerCase();

function differingFields(published: SafeTransaction, expected: SafeTransaction): string[] {
  const fields = Object.keys(expected) as (keyof SafeTransaction)[];
  return fields
    .filter((field) => lower(published[field]) !== lower(expected[field]))
    .map((field) => `${field}: published ${shown(published[field])}, own ${shown(expected[field])}`);
}

const SHOWN_CHARACTERS = 200;
const shown = (value: unknown): string => String(value).slice(0, SHOWN_CHARACTERS);

function seatRefusal(
  { safe, nonce }: SafeTransaction,
  owner: string,
  onChain: { readonly owners: readonly string[]; readonly nonce: number },
): Refusal | null {
  if (!onChain.owners.some((seat) => seat.toLowerCase() === owner.toLowerCase()))
    return refusal('COS-123', `${owner} is not among the owners of ${safe}`);
  return nonce < onChain.nonce
    ? refusal('COS-124', `it uses nonce ${nonce}, the Safe is at ${onChain.nonce}`)
    : null;
}

function timeRefusal({ validUntil }: SafeTransaction, now: number): Refusal | null {
  return now > validUntil
    ? refusal('COS-125', `it was valid until ${validUntil}, the chain is at ${now}`)
    : null;
}

/** The events are the api's word: they can only stop a signature (a veto, a cancellation), never justify one. */
function stateRefusal({ transaction, proposal, events }: TransactionEvidence, now: number): Refusal | null {
  const state = stateOf(events, now);
  if (state.proposal !== proposal.id) return refusal('COS-132', `its events are those of ${state.proposal}`);
  if (state.name !== 'Signing') return refusal('COS-132', `it is in state ${state.name}`);
  return state.safeTransaction === transaction.id
    ? null
    : refusal('COS-132', `it is to be signed as ${state.safeTransaction}`);
}
