import { createCipheriv, scryptSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { secp256k1 } from '@noble/curves/secp256k1';
import { keccak256, recoverTransactionAddress, recoverTypedDataAddress, stringToHex } from 'viem';
import {
  demandDistinct,
  encryptKeystore,
  keySource,
  openSigner,
  signerFromKeyService,
  signerFromKeystore,
  signerFromPrivateKey,
} from './index.js';
import { parseDer } from './key-service.js';

// The signing example of EIP-712: the key is keccak256("cow"), the signature is printed in the EIP's reference test.
const COW_KEY = keccak256(stringToHex('cow'));
const COW = '0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826';
const MAIL = {
  domain: {
    name: 'Ether Mail',
    version: '1',
    chainId: 1,
    verifyingContract: '0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC',
  },
  types: {
    Person: [
      { name: 'name', type: 'string' },
      { name: 'wallet', type: 'address' },
    ],
    Mail: [
      { name: 'from', type: 'Person' },
      { name: 'to', type: 'Person' },
      { name: 'contents', type: 'string' },
    ],
  },
  primaryType: 'Mail',
  message: {
    from: { name: 'Cow', wallet: '0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826' },
    to: { name: 'Bob', wallet: '0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB' },
    contents: 'Hello, Bob!',
  },
} as const;
const MAIL_SIGNATURE =
  '0x4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c';

// Test vectors of the Web3 Secret Storage Definition (ethereum.org), password "testpassword".
const VECTOR_KEY = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d';
const VECTOR_ADDRESS = '0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b';
const PBKDF2_VECTOR = {
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
    ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
    kdf: 'pbkdf2',
    kdfparams: {
      c: 262144,
      dklen: 32,
      prf: 'hmac-sha256',
      salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
    },
    mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
  },
  id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
  version: 3,
};
const SCRYPT_VECTOR = {
  ...PBKDF2_VECTOR,
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '83dbcc02d8ccb40e466191a123791e0e' },
    ciphertext: 'd172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c',
    kdf: 'scrypt',
    kdfparams: {
      dklen: 32,
      n: 262144,
      r: 1,
      p: 8,
      salt: 'ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19',
    },
    mac: '2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097',
  },
};

/** The definition followed step by step with OpenSSL's scrypt and AES: a file as the common clients write it, r = 8 and p = 1. */
function keystoreByOpenSsl(key: string, password: string): unknown {
  const [salt, iv] = [Buffer.alloc(32, 7), Buffer.alloc(16, 9)];
  const derived = scryptSync(password, salt, 32, { N: 4096, r: 8, p: 1 });
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv);
  const ciphertext = Buffer.concat([cipher.update(Buffer.from(key.slice(2), 'hex')), cipher.final()]);
  const mac = keccak256(Buffer.concat([derived.subarray(16), ciphertext])).slice(2);
  const kdfparams = { dklen: 32, n: 4096, r: 8, p: 1, salt: salt.toString('hex') };
  return {
    version: 3,
    id: 'x',
    crypto: {
      cipher: 'aes-128-ctr',
      ciphertext: ciphertext.toString('hex'),
      cipherparams: { iv: iv.toString('hex') },
      kdf: 'scrypt',
      kdfparams,
      mac,
    },
  };
}

const TRANSFER = {
  type: 'eip1559',
  chainId: 31337,
  nonce: 0,
  to: COW,
  value: 0n,
  gas: 21_000n,
  maxFeePerGas: 2n,
  maxPriorityFeePerGas: 1n,
} as const;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signer-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function keystoreFile(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: { code?: string }) => error.code,
  );

describe('signerFromPrivateKey', () => {
  it('default: signs the EIP-712 example to the published signature', async () => {
    const signer = signerFromPrivateKey(COW_KEY, 'KEY');
    expect(signer.address).toBe(COW);
    expect(await signer.signTypedData(MAIL)).toBe(MAIL_SIGNATURE);
  });

  it('default: signs an EIP-1559 transaction that recovers to its address', async () => {
    const signer = signerFromPrivateKey(COW_KEY, 'KEY');
    const serializedTransaction = (await signer.signTransaction(TRANSFER)) as `0x02${string}`;
    expect(await recoverTransactionAddress({ serializedTransaction })).toBe(COW);
  });

  it('behavior: neither inspection, JSON nor an error shows the key', async () => {
    const signer = signerFromPrivateKey(COW_KEY, 'KEY');
    const secret = COW_KEY.slice(2);
    const shown = [
      inspect(signer, { depth: 20, showHidden: true, getters: true }),
      JSON.stringify(signer),
      String(signer),
    ];
    for (const bad of [
      COW_KEY.slice(2),
      `${COW_KEY}00`,
      `0x${secret.slice(0, 62)}zz`,
      `0x${'f'.repeat(64)}`,
      `0x${'0'.repeat(64)}`,
    ]) {
      await openSigner({ name: 'KEY', privateKey: bad }).then(
        () => shown.push('WRONGLY ACCEPTED'),
        (error: Error) => {
          shown.push(inspect(error, { depth: 20, showHidden: true }));
          expect((error as { code?: string }).code).toBe('SIG-002');
        },
      );
    }
    for (const text of shown) {
      expect(text.toLowerCase()).not.toContain(secret.slice(0, 16));
      expect(text).not.toContain('WRONGLY ACCEPTED');
      expect(text).not.toMatch(/0x[f0]{64}/);
    }
  });

  it('error: SIG-006 when the key is not the configured address', async () => {
    expect(await codeOf(openSigner({ name: 'KEY', privateKey: COW_KEY, expected: VECTOR_ADDRESS }))).toBe(
      'SIG-006',
    );
  });
});

describe('signerFromKeystore', () => {
  it.each([
    ['pbkdf2', PBKDF2_VECTOR],
    ['scrypt', SCRYPT_VECTOR],
  ])('default: opens the published %s vector', async (name, vector) => {
    const path = await keystoreFile(`${name}.json`, vector);
    expect((await signerFromKeystore({ path, password: 'testpassword' })).address).toBe(VECTOR_ADDRESS);
  });

  it('behavior: honours the scrypt cost that the file states', async () => {
    const path = await keystoreFile('openssl.json', keystoreByOpenSsl(COW_KEY, 'p'));
    expect((await signerFromKeystore({ path, password: 'p' })).address).toBe(COW);
  });

  it('behavior: what encryptKeystore writes opens again', async () => {
    const path = await keystoreFile('own.json', await encryptKeystore(VECTOR_KEY, 'p', { n: 1024 }));
    expect((await openSigner({ name: 'K', keystore: path, password: 'p' })).address).toBe(VECTOR_ADDRESS);
  });

  it('error: SIG-004 on a wrong password, without the password in the error', async () => {
    const path = await keystoreFile('wrong.json', PBKDF2_VECTOR);
    const error: unknown = await signerFromKeystore({ path, password: 'hunter2secret' }).catch(
      (caught: unknown) => caught,
    );
    expect((error as { code: string }).code).toBe('SIG-004');
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('hunter2secret');
  });

  it.each([
    ['not json', '{', 'SIG-003'],
    ['version 1', { ...PBKDF2_VECTOR, version: 1 }, 'SIG-003'],
    [
      'a cost that would exhaust memory',
      {
        ...SCRYPT_VECTOR,
        crypto: { ...SCRYPT_VECTOR.crypto, kdfparams: { ...SCRYPT_VECTOR.crypto.kdfparams, n: 2 ** 28 } },
      },
      'SIG-003',
    ],
  ])('error: %s', async (name, content, code) => {
    expect(
      await codeOf(signerFromKeystore({ path: await keystoreFile(`${name}.json`, content), password: 'x' })),
    ).toBe(code);
  });

  it('error: SIG-003 on a missing file', async () => {
    expect(await codeOf(signerFromKeystore({ path: join(folder, 'absent.json'), password: 'x' }))).toBe(
      'SIG-003',
    );
  });
});

describe('openSigner', () => {
  it('behavior: reads the password from a file and drops its line end', async () => {
    const keystore = await keystoreFile('k.json', await encryptKeystore(COW_KEY, 'secret', { n: 1024 }));
    const passwordFile = await keystoreFile('password', 'secret\n');
    expect(
      (await openSigner(keySource('K', { K_KEYSTORE: keystore, K_KEYSTORE_PASSWORD_FILE: passwordFile })))
        .address,
    ).toBe(COW);
  });

  it('error: SIG-001 without a key, SIG-007 with two', async () => {
    expect(await codeOf(openSigner(keySource('K', {})))).toBe('SIG-001');
    expect(await codeOf(openSigner(keySource('K', { K_PRIVATE_KEY: COW_KEY, K_KEYSTORE: 'x' })))).toBe(
      'SIG-007',
    );
  });

  it('error: SIG-007 when two roles share one key', () => {
    const signer = signerFromPrivateKey(COW_KEY, 'KEY');
    expect(() => demandDistinct(signer, signer, ['A', 'B'])).toThrow(
      expect.objectContaining({ code: 'SIG-007' }),
    );
  });
});

/** A key service as the clouds offer it: DER out, either s, and nothing that tells the recovery bit. */
function keyService(highS: boolean) {
  const secret = Buffer.from(COW_KEY.slice(2), 'hex');
  return {
    address: COW,
    signDigest: (digest: Uint8Array) => {
      const { r, s } = secp256k1.sign(digest, secret, { lowS: true });
      return Promise.resolve(new secp256k1.Signature(r, highS ? secp256k1.CURVE.n - s : s).toDERRawBytes());
    },
  } as const;
}

describe('signerFromKeyService', () => {
  it.each([false, true])('default: recovers to the address (high s: %s)', async (highS) => {
    const signer = signerFromKeyService(keyService(highS));
    expect(await recoverTypedDataAddress({ ...MAIL, signature: await signer.signTypedData(MAIL) })).toBe(COW);
    const serializedTransaction = (await signer.signTransaction(TRANSFER)) as `0x02${string}`;
    expect(await recoverTransactionAddress({ serializedTransaction })).toBe(COW);
  });

  it('behavior: gives the same low-s signature as the key itself', async () => {
    const local = await signerFromPrivateKey(COW_KEY, 'KEY').signTypedData(MAIL);
    expect(await signerFromKeyService(keyService(true)).signTypedData(MAIL)).toBe(local);
  });

  it('error: SIG-005 when the service holds another key, fails, or answers no DER', async () => {
    const other = signerFromKeyService({ ...keyService(false), address: VECTOR_ADDRESS });
    const down = signerFromKeyService({
      address: COW,
      signDigest: () => Promise.reject(new Error('timeout')),
    });
    expect(await codeOf(other.signTypedData(MAIL))).toBe('SIG-005');
    expect(await codeOf(down.signTypedData(MAIL))).toBe('SIG-005');
    for (const bytes of [
      [],
      [0x30, 0x00],
      [0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x01],
      [0x30, 0x03, 0x02, 0x21, 0x01],
    ]) {
      expect(() => parseDer(Uint8Array.from(bytes), COW)).toThrow(
        expect.objectContaining({ code: 'SIG-005' }),
      );
    }
  });
});
