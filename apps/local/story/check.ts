import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoryClaims } from '../checker/claims.js';
import type { Breached } from './act-fall.js';
import type { PlayedShockFacts } from './act-played-shock.js';
import type { Remedied } from './act-remedy.js';
import type { Voted } from './act-vote.js';
import type { Stage } from './stage.js';

export interface Played {
  readonly breached: Breached;
  readonly remedied: Remedied;
  readonly voted: Voted;
  readonly played: PlayedShockFacts;
}

/** Hands the story's claims to a process of its own that believes none of them and reads chain and api itself. */
export async function check(
  { ground, processes, say }: Stage,
  { breached, remedied, voted, played }: Played,
): Promise<number> {
  const claims: StoryClaims = {
    apiUrl: processes.apiUrl,
    rpcUrl: ground.rpcUrl,
    deploymentFile: ground.deploymentFile,
    breachEvaluation: breached.evaluation.id,
    fastProposals: remedied.proposals.map(({ id }) => id),
    votedProposal: voted.proposal.id,
    played,
  };
  const file = join(ground.worldFolder, 'claims.json');
  writeFileSync(file, JSON.stringify(claims, null, 2));
  say('act 6', `a separate checker reads chain and api; its input is ${file}`);
  const child = fork(fileURLToPath(new URL('../checker/main.js', import.meta.url)), [file], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  child.stdout?.setEncoding('utf8');
  let rest = '';
  child.stdout?.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) say('checker', line);
  });
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
}
