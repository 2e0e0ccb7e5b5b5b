/** A key that cannot be opened or used. Messages name the place a key was expected, never the key. */
export abstract class SignerError extends Error {
  abstract readonly code: string;
}

export class KeyMissingError extends SignerError {
  readonly code = 'SIG-001';
  constructor(readonly prefix: string) {
    super(
      `No ${prefix} key: set ${prefix}_PRIVATE_KEY (0x and 64 hex digits), or ${prefix}_KEYSTORE (keystore v3 file) with ${prefix}_KEYSTORE_PASSWORD or ${prefix}_KEYSTORE_PASSWORD_FILE.`,
    );
  }
}

export class KeyMalformedError extends SignerError {
  readonly code = 'SIG-002';
  constructor(
    readonly variable: string,
    readonly length: number,
  ) {
    super(
      `The key in ${variable} is not a private key (${length} characters): accepted is 0x and 64 hex digits, between 1 and the order of secp256k1.`,
    );
  }
}

export class KeystoreUnreadableError extends SignerError {
  readonly code = 'SIG-003';
  constructor(
    readonly path: string,
    readonly reason: string,
    cause?: unknown,
  ) {
    super(
      `Keystore ${path} cannot be used: ${reason}. Accepted is a Web3 Secret Storage v3 file (aes-128-ctr; scrypt or pbkdf2-hmac-sha256).`,
      { cause },
    );
  }
}

export class KeystorePasswordError extends SignerError {
  readonly code = 'SIG-004';
  constructor(readonly path: string) {
    super(
      `Keystore ${path} does not open with the given password (its checksum differs): check the password or restore the file.`,
    );
  }
}

export class RemoteSignatureError extends SignerError {
  readonly code = 'SIG-005';
  constructor(
    readonly address: string,
    readonly reason: string,
    cause?: unknown,
  ) {
    super(
      `The key service for ${address} returned an unusable signature: ${reason}. Check that the key is secp256k1 and belongs to this address.`,
      { cause },
    );
  }
}

export class SignerAddressError extends SignerError {
  readonly code = 'SIG-006';
  constructor(
    readonly expected: string,
    readonly actual: string,
  ) {
    super(
      `The key belongs to ${actual}, but ${expected} is configured: give the key of ${expected} or correct the address.`,
    );
  }
}

/** A spec that names both an environment key and a keystore, or two keys that must differ but do not. */
export class SignerConflictError extends SignerError {
  readonly code = 'SIG-007';
  constructor(readonly reason: string) {
    super(reason);
  }
}
