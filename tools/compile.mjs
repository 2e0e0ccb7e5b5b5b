// Compiles contracts/src and writes one typed module per contract to contracts/generated.
// `node tools/compile.mjs` writes; `--check` writes nothing and exits 1 when a file is missing, stale or left over.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractsAreFresh, writeContractsFingerprint } from '../scripts/contracts-fingerprint.mjs';
import { compileContracts, root } from './solidity.mjs';

const folder = join(root, 'contracts', 'generated');
/** EIP-170. */
const maxRuntimeBytes = 24_576;

const kebab = (name) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
const camel = (name) => kebab(name).replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());

function moduleText({ path, name, abi, bytecode }) {
  const entries = abi.map((entry) => `  ${JSON.stringify(entry)},`).join('\n');
  return `// Generated from ${path} by tools/compile.mjs. Do not edit.
export const ${camel(name)}Abi = [
${entries}
] as const;

export const ${camel(name)}Bytecode =
  '${bytecode}' as const;
`;
}

function modulesOf(contracts) {
  const tooLarge = contracts.filter(({ runtimeBytes }) => runtimeBytes >= maxRuntimeBytes);
  if (tooLarge.length > 0) {
    throw new Error(
      tooLarge
        .map(
          ({ name, runtimeBytes }) =>
            `${name} has ${runtimeBytes} bytes of code; the chain accepts fewer than ${maxRuntimeBytes}.`,
        )
        .join('\n'),
    );
  }
  return new Map(contracts.map((contract) => [`${kebab(contract.name)}.ts`, moduleText(contract)]));
}

function present() {
  mkdirSync(folder, { recursive: true });
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function differences(wanted, found) {
  const stale = [...wanted].filter(([name, text]) => found.get(name) !== text).map(([name]) => name);
  const leftOver = [...found.keys()].filter((name) => !wanted.has(name));
  return { stale, leftOver };
}

function main() {
  const { contracts, warnings } = compileContracts();
  for (const warning of warnings) console.error(warning);
  const wanted = modulesOf(contracts);
  const { stale, leftOver } = differences(wanted, present());
  if (process.argv.includes('--check')) {
    if (stale.length + leftOver.length === 0 && contractsAreFresh(root))
      return console.log(`contracts/generated is fresh (${wanted.size} modules).`);
    console.error(
      `contracts/generated does not match contracts/src: ${[...stale, ...leftOver].join(', ') || 'fingerprint.json'}. Run "npm run contracts:compile" and commit the result.`,
    );
    process.exitCode = 1;
    return undefined;
  }
  for (const name of stale) writeFileSync(join(folder, name), wanted.get(name));
  for (const name of leftOver) rmSync(join(folder, name));
  writeContractsFingerprint(root);
  for (const { name, runtimeBytes } of contracts)
    console.log(`${name.padEnd(24)} ${String(runtimeBytes).padStart(6)} bytes`);
  return undefined;
}

main();
