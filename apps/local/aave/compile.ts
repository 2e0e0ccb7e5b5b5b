import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Abi, Hex } from 'viem';
import { LocalWorldError } from '../local-error.js';
import { aaveSources, ENTRY_FILES, type SourceSet } from './sources.js';

/** Creation code with 20-byte holes where library addresses go. */
export interface Artifact {
  readonly abi: Abi;
  readonly bytecode: string;
  readonly links: readonly { readonly library: string; readonly start: number }[];
}
export type Artifacts = Readonly<Record<string, Artifact>>;

/** As the market's own deployment compiles it; another setting gives other bytecode than what is audited. */
const SETTINGS = {
  evmVersion: 'shanghai',
  optimizer: { enabled: true, runs: 200 },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode'] } },
};

/** The compiled Aave v3.6 market: from the cache when sources and settings are the same, else compiled (about 12 s). */
export function aaveArtifacts(cacheFolder: string, log: (line: string) => void = () => undefined): Artifacts {
  const sources = aaveSources();
  const key = createHash('sha256')
    .update(JSON.stringify([sources, SETTINGS, 'solc 0.8.27']))
    .digest('hex')
    .slice(0, 32);
  const file = join(cacheFolder, `aave-${key}.json.gz`);
  if (existsSync(file)) return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Artifacts;
  log('compiling Aave v3.6 once (about 12 s, kept for later starts)');
  const artifacts = compile(sources);
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, gzipSync(JSON.stringify(artifacts)));
  renameSync(`${file}.${process.pid}`, file);
  return artifacts;
}

interface CompilerOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Readonly<Record<string, Readonly<Record<string, CompiledContract>>>>;
}
interface CompiledContract {
  readonly abi: Abi;
  readonly evm: {
    readonly bytecode: {
      readonly object: string;
      readonly linkReferences: Readonly<
        Record<string, Readonly<Record<string, readonly { readonly start: number }[]>>>
      >;
    };
  };
}

function compile(sources: SourceSet): Artifacts {
  const solc = createRequire(import.meta.url)('solc-0.8.27') as { compile(input: string): string };
  const output = JSON.parse(
    solc.compile(JSON.stringify({ language: 'Solidity', sources, settings: SETTINGS })),
  ) as CompilerOutput;
  const faults = (output.errors ?? [])
    .filter(({ severity }) => severity === 'error')
    .map(({ formattedMessage }) => formattedMessage);
  if (faults.length > 0)
    throw new LocalWorldError('LOC-102', `Aave v3.6 does not compile:\n${faults.slice(0, 5).join('\n')}`, {
      faults,
    });
  return Object.fromEntries(
    Object.entries(ENTRY_FILES).map(([name, file]) => [
      name,
      artifactOf(name, output.contracts?.[file]?.[name]),
    ]),
  );
}

function artifactOf(name: string, compiled: CompiledContract | undefined): Artifact {
  if (compiled === undefined)
    throw new LocalWorldError(
      'LOC-102',
      `The compiler returned no contract ${name}. The Aave package has another layout than version 3.6.0.`,
      { name },
    );
  const { object, linkReferences } = compiled.evm.bytecode;
  const links = Object.values(linkReferences).flatMap((libraries) =>
    Object.entries(libraries).flatMap(([library, places]) => places.map(({ start }) => ({ library, start }))),
  );
  return { abi: compiled.abi, bytecode: object, links };
}

/** Fills the library addresses in. Throws when one is not deployed yet. */
export function linked(artifact: Artifact, libraries: Readonly<Record<string, Hex>>): Hex {
  let code = artifact.bytecode;
  for (const { library, start } of artifact.links) {
    const address = libraries[library];
    if (address === undefined)
      throw new LocalWorldError(
        'LOC-103',
        `Library ${library} must be deployed before the contract that links it.`,
        { library },
      );
    code = code.slice(0, start * 2) + address.slice(2).toLowerCase() + code.slice(start * 2 + 40);
  }
  return `0x${code}`;
}
