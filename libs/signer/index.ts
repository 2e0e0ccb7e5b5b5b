export * from './errors.js';
export type { Signer, TypedData } from './signer.js';
export { signerFromPrivateKey } from './private-key.js';
export { encryptKeystore, signerFromKeystore } from './keystore.js';
export { type KeyService, signerFromKeyService } from './key-service.js';
export { demandDistinct, type KeySource, keySource, openSigner } from './open-signer.js';
