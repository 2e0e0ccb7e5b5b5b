const view = new DataView(new ArrayBuffer(8));

/** Exponent e of a positive normal x = m * 2^e with 1 <= m < 2. Zero and subnormal numbers give -1023. */
export function binaryExponent(x: number): number {
  view.setFloat64(0, x);
  return ((view.getUint32(0) >>> 20) & 0x7ff) - 1023;
}

/** 2^k for integer k in [-1022, 1023], exactly. */
export function powerOfTwo(k: number): number {
  view.setUint32(0, (k + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

/** x * 2^k with a single rounding, for |k| <= 2100; also where the result is subnormal or overflows. */
export function scaleByPowerOfTwo(x: number, k: number): number {
  if (k > 1023) return x * powerOfTwo(1023) * powerOfTwo(Math.min(1023, k - 1023));
  if (k >= -1022) return x * powerOfTwo(k);
  // x stays a normal number until the last multiplication, so that the result is rounded once.
  return k < -2000 ? 0 * x : x * powerOfTwo(-900) * powerOfTwo(Math.max(-1022, k + 900));
}

/**
 * Largest power of two that is not above x: 2^floor(log2 x).
 * @throws nothing; x must be a positive normal number.
 */
export function powerOfTwoAtMost(x: number): number {
  return powerOfTwo(binaryExponent(x));
}
