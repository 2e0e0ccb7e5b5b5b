/** Reasons why something cannot be encoded for the chain, or was not encoded by this project. */
export type ProtocolCode =
  'PRO-101' | 'PRO-102' | 'PRO-103' | 'PRO-104' | 'PRO-105' | 'PRO-106' | 'PRO-107' | 'PRO-108' | 'PRO-109';

/** A value that has no form on chain, or bytes that have no meaning here. `given` carries the offending value. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';

  constructor(
    readonly code: ProtocolCode,
    message: string,
    readonly given: unknown,
  ) {
    super(`${code}: ${message}`);
  }
}
