import { readFileSync } from 'node:fs';
import { publicClientOf, readDeployment } from '#libs/chain/index';
import type { StoryClaims } from './claims.js';
import { CHECKS, type Evidence } from './checks.js';

const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('usage: checker <claims.json>\n');
  process.exit(2);
}
const claims = JSON.parse(readFileSync(file, 'utf8')) as StoryClaims;
const evidence: Evidence = {
  claims,
  deployment: readDeployment(claims.deploymentFile),
  client: publicClientOf([claims.rpcUrl]),
};
let refused = 0;
for (const [name, check] of Object.entries(CHECKS)) {
  const outcome = await check(evidence).catch((error: unknown) => ({
    holds: false,
    found: error instanceof Error ? error.message : String(error),
  }));
  if (!outcome.holds) refused += 1;
  process.stdout.write(`${outcome.holds ? 'holds  ' : 'REFUSED'} ${name}: ${outcome.found}\n`);
}
process.stdout.write(
  refused === 0
    ? 'the story is confirmed\n'
    : `${refused} of ${Object.keys(CHECKS).length} statements do not hold\n`,
);
process.exit(refused === 0 ? 0 : 1);
