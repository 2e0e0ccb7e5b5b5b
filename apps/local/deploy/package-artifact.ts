import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Abi, Hex } from 'viem';
import { LocalWorldError } from '../local-error.js';

export interface PackageArtifact {
  readonly abi: Abi;
  readonly bytecode: Hex;
}

const require = createRequire(import.meta.url);

/** Compiled code as a protocol's own package ships it. */
export function packageArtifact(path: string): PackageArtifact {
  try {
    const { abi, bytecode } = JSON.parse(readFileSync(require.resolve(path), 'utf8')) as PackageArtifact;
    return { abi, bytecode };
  } catch (cause) {
    throw new LocalWorldError(
      'LOC-104',
      `The compiled contract ${path} cannot be read. Run "npm ci": the local world deploys the real protocols from their packages.`,
      { path },
      { cause },
    );
  }
}
