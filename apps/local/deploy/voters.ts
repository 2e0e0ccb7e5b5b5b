import type { PrivateKeyAccount } from 'viem';
import { SeededRandom } from '#libs/numeric/index';
import { localAccounts } from '../keys.js';

export interface Voter {
  readonly account: PrivateKeyAccount;
  readonly tokens: number;
}

const VOTERS = 9;
const SUPPLY = 1_000_000;

/** Holders of unequal size, none of whom decides alone. */
export function drawVoters(seed: string): Voter[] {
  const random = new SeededRandom(`voters ${seed}`);
  const weights = Array.from({ length: VOTERS }, () => 0.5 + random.next());
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return localAccounts(seed, 'voter', VOTERS).map((account, i) => ({
    account,
    tokens: Math.floor((SUPPLY * (weights[i] ?? 0)) / total),
  }));
}
