/** 2^96, the one of a square-root price. */
export const Q96 = 1n << 96n;

/** floor(a b / c) for integers of at least 0, c above 0. */
export function mulDiv(a: bigint, b: bigint, c: bigint): bigint {
  return (a * b) / c;
}

/** ceil(a b / c) for integers of at least 0, c above 0. */
export function mulDivUp(a: bigint, b: bigint, c: bigint): bigint {
  return divUp(a * b, c);
}

/** ceil(a / c) for a of at least 0, c above 0. */
export function divUp(a: bigint, c: bigint): bigint {
  return a === 0n ? 0n : (a - 1n) / c + 1n;
}
