export * from './actions.js';
export * from './describe-payload.js';
export * from './errors.js';
export * from './fixed-point.js';
export type { Address } from './hex.js';
export * from './member-key.js';
export * from './multi-send.js';
export {
  decodeAction,
  encodeAction,
  NO_AUTHORITY,
  payloadHashOf,
  payloadSetHash,
  type DecodedCall,
} from './payload.js';
export * from './payload-codec.js';
export * from './registry-evaluation.js';
export * from './roles.js';
export * from './typed-data.js';
