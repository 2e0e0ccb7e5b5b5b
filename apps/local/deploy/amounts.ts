import { parseUnits } from 'viem';

/** Whole tokens to raw units, rounded down at the token's last decimal. */
export function rawAmount(tokens: number, decimals: number): bigint {
  return parseUnits(tokens.toFixed(Math.min(decimals, 12)), decimals);
}

export function wholeAmount(raw: bigint, decimals: number): number {
  return Number(raw) / 10 ** decimals;
}
