import { readFile } from 'node:fs/promises';
import { KeyMissingError, KeystoreUnreadableError, SignerConflictError } from './errors.js';
import { signerFromKeystore } from './keystore.js';
import { signerFromPrivateKey } from './private-key.js';
import type { Signer } from './signer.js';

/** Where a process finds one key. `name` is the prefix of the environment variables that an error points at. */
export interface KeySource {
  readonly name: string;
  readonly privateKey?: string | undefined;
  readonly keystore?: string | undefined;
  readonly password?: string | undefined;
  readonly passwordFile?: string | undefined;
  /** The address the key must have, when the configuration states it. */
  readonly expected?: `0x${string}` | undefined;
}

/** Reads `NAME_PRIVATE_KEY`, or `NAME_KEYSTORE` with `NAME_KEYSTORE_PASSWORD` or `NAME_KEYSTORE_PASSWORD_FILE`. */
export function keySource(name: string, environment: Readonly<Record<string, unknown>>): KeySource {
  const text = (suffix: string): string | undefined => {
    const value = environment[`${name}_${suffix}`];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    name,
    privateKey: text('PRIVATE_KEY'),
    keystore: text('KEYSTORE'),
    password: text('KEYSTORE_PASSWORD'),
    passwordFile: text('KEYSTORE_PASSWORD_FILE'),
  };
}

export async function openSigner(source: KeySource): Promise<Signer> {
  if (source.privateKey !== undefined && source.keystore !== undefined) {
    throw new SignerConflictError(
      `${source.name}_PRIVATE_KEY and ${source.name}_KEYSTORE are both set: keep one, so that it is certain which key signs.`,
    );
  }
  if (source.keystore !== undefined) {
    return signerFromKeystore({ path: source.keystore, password: await passwordOf(source) }, source.expected);
  }
  if (source.privateKey === undefined || source.privateKey === '') throw new KeyMissingError(source.name);
  return signerFromPrivateKey(source.privateKey, `${source.name}_PRIVATE_KEY`, source.expected);
}

/** Two roles of one process must never share a key. */
export function demandDistinct(first: Signer, second: Signer, names: readonly [string, string]): void {
  if (first.address !== second.address) return;
  throw new SignerConflictError(
    `${names[0]} and ${names[1]} hold the same key (${first.address}): an attester key and an owner key must differ.`,
  );
}

async function passwordOf(source: KeySource): Promise<string> {
  if (source.password !== undefined) return source.password;
  if (source.passwordFile === undefined) throw new KeyMissingError(source.name);
  const text = await readFile(source.passwordFile, 'utf8').catch((cause: unknown) => {
    throw new KeystoreUnreadableError(source.passwordFile ?? '', 'the password file cannot be read', cause);
  });
  return text.replace(/\r?\n$/, '');
}
