/** Parameters in a reserve's configuration word. */
export interface ReserveConfiguration {
  readonly ltv: number;
  readonly lt: number;
  readonly bonus: number;
  readonly decimals: number;
  readonly protocolFee: number;
}

const BPS = 10_000;

function bits(word: bigint, start: number, length: number): number {
  return Number((word >> BigInt(start)) & ((1n << BigInt(length)) - 1n));
}

/** Bonus as stated on chain (10500 = 105 % of the repaid value) as a fraction above 1; 0 for assets that are no collateral. */
export function bonusOf(bonusBps: number): number {
  return bonusBps <= BPS ? 0 : (bonusBps - BPS) / BPS;
}

/** Decodes the configuration bitmap (Aave v3.6, ReserveConfiguration.sol: bit positions 0, 16, 32, 48 and 152). */
export function decodeReserveConfiguration(word: bigint): ReserveConfiguration {
  return {
    ltv: bits(word, 0, 16) / BPS,
    lt: bits(word, 16, 16) / BPS,
    bonus: bonusOf(bits(word, 32, 16)),
    decimals: bits(word, 48, 8),
    protocolFee: bits(word, 152, 16) / BPS,
  };
}

/** Reserve ids that a user borrows (even bits) and uses as collateral (odd bits); UserConfiguration.sol. */
export function decodeUserConfiguration(word: bigint): {
  readonly borrows: number[];
  readonly collateral: number[];
} {
  const borrows: number[] = [];
  const collateral: number[] = [];
  for (let id = 0; id < 128; id++) {
    if (bits(word, 2 * id, 1) === 1) borrows.push(id);
    if (bits(word, 2 * id + 1, 1) === 1) collateral.push(id);
  }
  return { borrows, collateral };
}

/** Reserve ids in a category's bitmap. */
export function decodeReserveBitmap(word: bigint): number[] {
  return Array.from({ length: 128 }, (_, id) => id).filter((id) => bits(word, id, 1) === 1);
}
