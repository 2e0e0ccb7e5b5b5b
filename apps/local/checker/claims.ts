import type { PlayedShockFacts } from '../story/act-played-shock.js';

type Digest = `0x${string}`;

/** What the story says happened: where to look, never what to find there. */
export interface StoryClaims {
  readonly apiUrl: string;
  readonly rpcUrl: string;
  readonly deploymentFile: string;
  readonly breachEvaluation: Digest;
  readonly fastProposals: readonly Digest[];
  readonly votedProposal: Digest;
  readonly played: PlayedShockFacts;
}
