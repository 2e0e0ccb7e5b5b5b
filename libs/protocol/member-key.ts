import { hexToString, stringToHex } from 'viem/utils';
import type { Hex } from './hex.js';
import { ProtocolError } from './errors.js';

const PRINTABLE = /^[\x21-\x7e]{1,31}$/;

/**
 * Key of a member on chain: its id in ASCII, left-aligned in 32 bytes, so that explorers show it.
 *
 * @throws ProtocolError (PRO-101) unless the id has 1 to 31 printable ASCII characters without spaces.
 * @example memberKey('aave-local') // 0x616176652d6c6f63616c00...
 */
export function memberKey(member: string): Hex {
  if (!PRINTABLE.test(member)) {
    throw new ProtocolError(
      'PRO-101',
      `"${member}" cannot be a member id on chain. Use 1 to 31 printable ASCII characters without spaces.`,
      member,
    );
  }
  return stringToHex(member, { size: 32 });
}

/**
 * Member id of a key; the inverse of `memberKey`.
 *
 * @throws ProtocolError (PRO-101) for a key that `memberKey` cannot have made.
 */
export function memberOfKey(key: Hex): string {
  const member = hexToString(key).replace(/\0+$/, '');
  if (!PRINTABLE.test(member) || memberKey(member) !== key.toLowerCase()) {
    throw new ProtocolError('PRO-101', `${key} is not the key of a member id.`, key);
  }
  return member;
}
