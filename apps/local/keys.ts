import { keccak256, toHex, type Hex } from 'viem';
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';

/** Anyone can derive these keys from the seed: they are for the local chain alone, which `demandLocalAnvil` enforces. */
export function localKey(seed: string, role: string, index = 0): Hex {
  return keccak256(toHex(`local world / ${seed} / ${role} / ${index}`));
}

export function localAccount(seed: string, role: string, index = 0): PrivateKeyAccount {
  return privateKeyToAccount(localKey(seed, role, index));
}

export function localAccounts(seed: string, role: string, howMany: number): PrivateKeyAccount[] {
  return Array.from({ length: howMany }, (_, index) => localAccount(seed, role, index));
}
