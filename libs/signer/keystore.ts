import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pbkdf2Async } from '@noble/hashes/pbkdf2.js';
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { sha256 } from '@noble/hashes/sha2.js';
// The keystore module comes with viem's own pinned version of ox.
import * as Keystore from 'ox/Keystore';
import { bytesToHex } from 'viem/utils';
import { z } from 'zod';
import { KeystorePasswordError, KeystoreUnreadableError } from './errors.js';
import { signerFromPrivateKey } from './private-key.js';
import type { Signer } from './signer.js';

const hex = (bytes: number) =>
  z.string().regex(new RegExp(`^[0-9a-fA-F]{${bytes * 2}}$`), `expected ${bytes} bytes of hex without 0x`);
const salt = z.string().regex(/^([0-9a-fA-F]{2})+$/, 'expected hex without 0x');
const kdf = z.discriminatedUnion('kdf', [
  // The ceilings keep a hostile file from exhausting memory: the customary n = 2^18, r = 8 needs 256 MiB.
  z.object({
    kdf: z.literal('scrypt'),
    kdfparams: z.object({
      dklen: z.literal(32),
      n: z.int().max(1 << 20),
      p: z.int().max(16),
      r: z.int().max(16),
      salt,
    }),
  }),
  z.object({
    kdf: z.literal('pbkdf2'),
    kdfparams: z.object({
      dklen: z.literal(32),
      c: z.int().max(10_000_000),
      prf: z.literal('hmac-sha256'),
      salt,
    }),
  }),
]);
const keystoreFile = z.object({
  version: z.literal(3),
  id: z.string(),
  crypto: z.intersection(
    z.object({
      cipher: z.literal('aes-128-ctr'),
      ciphertext: hex(32),
      cipherparams: z.object({ iv: hex(16) }),
      mac: hex(32),
    }),
    kdf,
  ),
});

const MAX_KEYSTORE_BYTES = 65_536;

export async function signerFromKeystore(
  file: { path: string; password: string },
  expected?: `0x${string}`,
): Promise<Signer> {
  const keystore = await readKeystore(file.path);
  const key = await deriveKey(keystore.crypto, file.password);
  return signerFromPrivateKey(decrypt(keystore, key, file.path), file.path, expected);
}

/** Keystore v3 text (scrypt, r = 8, p = 1 as the common clients write it) for a private key, for operators who move a key out of the environment. */
export async function encryptKeystore(
  privateKey: `0x${string}`,
  password: string,
  cost: { readonly n: number } = { n: 1 << 18 },
): Promise<string> {
  const kdf = {
    kdf: 'scrypt',
    kdfparams: { dklen: 32, n: cost.n, p: 1, r: 8, salt: randomBytes(32).toString('hex') },
  } as const;
  const key = await deriveKey(kdf, password);
  return JSON.stringify(Keystore.encrypt(privateKey, key, { ...kdf, iv: randomBytes(16) }));
}

/**
 * Derived here, because ox derives every scrypt key with r = 1 and p = 8, whatever the file states; and not by OpenSSL, which
 * refuses r = 1 with n = 2^18 although such files exist.
 */
async function deriveKey(
  { kdf: name, kdfparams }: z.infer<typeof kdf>,
  password: string,
): Promise<`0x${string}`> {
  const salt = Buffer.from(kdfparams.salt, 'hex');
  if (name === 'pbkdf2')
    return bytesToHex(await pbkdf2Async(sha256, password, salt, { c: kdfparams.c, dkLen: 32 }));
  return bytesToHex(
    await scryptAsync(password, salt, { N: kdfparams.n, r: kdfparams.r, p: kdfparams.p, dkLen: 32 }),
  );
}

function decrypt(keystore: Keystore.Keystore, key: `0x${string}`, path: string): string {
  try {
    return Keystore.decrypt(keystore, key);
  } catch {
    throw new KeystorePasswordError(path);
  }
}

async function readKeystore(path: string): Promise<z.infer<typeof keystoreFile>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new KeystoreUnreadableError(path, 'the file cannot be read', cause);
  });
  if (text.length > MAX_KEYSTORE_BYTES)
    throw new KeystoreUnreadableError(
      path,
      `it is ${text.length} bytes long, at most ${MAX_KEYSTORE_BYTES} are read`,
    );
  const parsed = keystoreFile.safeParse(jsonOf(text, path));
  if (!parsed.success)
    throw new KeystoreUnreadableError(
      path,
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
    );
  return parsed.data;
}

function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KeystoreUnreadableError(path, 'it is not JSON');
  }
}
