// The one compiler of the repository (solc-js) and the settings that forge shares through tools/solc.cjs.
import { createRequire } from 'node:module';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const sourceFolder = join(root, 'contracts', 'src');

/** The value of one line of foundry.toml, the only place where compiler settings stand. */
function foundrySetting(name) {
  const text = readFileSync(join(root, 'foundry.toml'), 'utf8');
  const value = new RegExp(`^${name} = (.+)$`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`foundry.toml has no line "${name} = ...".`);
  return JSON.parse(value);
}

const settings = {
  evmVersion: foundrySetting('evm_version'),
  optimizer: { enabled: foundrySetting('optimizer'), runs: foundrySetting('optimizer_runs') },
  metadata: { appendCBOR: foundrySetting('cbor_metadata'), bytecodeHash: foundrySetting('bytecode_hash') },
};

/** Contracts of libraries that are deployed as they are. */
export const deployedLibraries = ['@openzeppelin/contracts/access/manager/AccessManager.sol'];

export function solidityFiles(folder = sourceFolder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return solidityFiles(path);
      return entry.name.endsWith('.sol') ? [relative(root, path).split('\\').join('/')] : [];
    })
    .sort();
}

function readSource(path) {
  const file = path.startsWith('contracts/') ? join(root, path) : join(root, 'node_modules', path);
  return existsSync(file) ? { contents: readFileSync(file, 'utf8') } : { error: `No file ${path}` };
}

/** Compiles every contract of contracts/src and the deployed libraries; throws with every compiler error. */
export function compileContracts() {
  const solc = require('solc');
  const paths = [...solidityFiles(), ...deployedLibraries];
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(paths.map((path) => [path, { content: readSource(path).contents }])),
    settings: {
      ...settings,
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } },
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: readSource }));
  const messages = output.errors ?? [];
  const errors = messages.filter((message) => message.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join('\n'));
  const warnings = messages.filter((message) => message.sourceLocation?.file?.startsWith('contracts/'));
  return {
    contracts: deployable(paths, output.contracts),
    warnings: warnings.map((warning) => warning.formattedMessage),
  };
}

function deployable(paths, compiled) {
  return paths
    .flatMap((path) =>
      Object.entries(compiled[path] ?? {}).map(([name, contract]) => ({ path, name, contract })),
    )
    .filter(
      ({ contract }) =>
        contract.evm.bytecode.object.length > 0 && contract.abi.some((entry) => entry.type === 'function'),
    )
    .map(({ path, name, contract }) => ({
      path,
      name,
      abi: contract.abi,
      bytecode: `0x${contract.evm.bytecode.object}`,
      runtimeBytes: contract.evm.deployedBytecode.object.length / 2,
    }));
}
