import type { Artefact, SafeRole, SafeTransaction } from './artefacts.js';
import type { StageTransaction } from './ports.js';
import { standingProposals } from './store-reads.js';

const WAITING: ReadonlySet<string> = new Set(['Signing', 'Queued', 'Submitted', 'Stuck']);

/** Safe transactions of a role that may still be executed: their proposals wait for them and they have not run out. */
export async function liveSafeTransactions(
  tx: StageTransaction,
  role: SafeRole,
  now: number,
): Promise<readonly Artefact<'safe-transaction'>[]> {
  const live: Artefact<'safe-transaction'>[] = [];
  for (const { state } of await standingProposals(tx, now)) {
    if (state.safeTransaction === null || !WAITING.has(state.name) || state.readyAt !== null) continue;
    const transaction = await tx.get('safe-transaction', state.safeTransaction);
    if (transaction !== null && transaction.body.role === role && now <= transaction.body.validUntil)
      live.push(transaction);
  }
  return live;
}

/** Smallest nonce from the Safe's own that no live transaction holds. */
export function freeNonce(safeNonce: number, live: readonly SafeTransaction[]): number {
  const taken = new Set(live.map((t) => t.nonce));
  let nonce = safeNonce;
  while (taken.has(nonce)) nonce += 1;
  return nonce;
}

/** A Safe transaction that can never run: its nonce was used, or no live transaction will bring the Safe up to its nonce. */
export function isDead(
  transaction: SafeTransaction,
  safeNonce: number,
  live: readonly SafeTransaction[],
): boolean {
  if (transaction.nonce < safeNonce) return true;
  const nonces = new Set(live.map((t) => t.nonce));
  for (let nonce = safeNonce; nonce < transaction.nonce; nonce += 1) if (!nonces.has(nonce)) return true;
  return false;
}
