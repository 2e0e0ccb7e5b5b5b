import { stringToHex, type Hex } from 'viem';

/** Member ids on chain: up to 31 ASCII characters, left-aligned in 32 bytes. */
export function memberKey(member: string): Hex {
  return stringToHex(member, { size: 32 });
}
