/**
 * Reference values of special functions in big-integer arithmetic: a second method, independent of libs/numeric, accurate
 * to hundreds of bits. Numbers are fixed point: value = integer / 2^bits.
 */
export interface Fixed {
  readonly value: bigint;
  readonly bits: number;
}

/** A double as an exact fixed-point number. */
export function fixedOf(x: number, bits: number): bigint {
  let mantissa = x;
  let shift = 0;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    shift += 1;
  }
  const whole = BigInt(mantissa);
  return bits >= shift ? whole << BigInt(bits - shift) : whole >> BigInt(shift - bits);
}

function squareRoot(n: bigint): bigint {
  if (n === 0n) return 0n;
  let x = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** Sum of (z^(2k+1))/(2k+1), alternating or not: arctan or artanh of 1/n. */
function inverseSeries(n: bigint, bits: number, alternating: boolean): bigint {
  const one = 1n << BigInt(bits);
  let term = one / n;
  let sum = 0n;
  for (let k = 1n; term !== 0n; k += 2n) {
    sum += alternating && k % 4n === 3n ? -(term / k) : term / k;
    term /= n * n;
  }
  return sum;
}

/** ln 2 = 18 artanh(1/26) - 2 artanh(1/4801) + 8 artanh(1/8749). */
function ln2(bits: number): bigint {
  return (
    18n * inverseSeries(26n, bits, false) -
    2n * inverseSeries(4801n, bits, false) +
    8n * inverseSeries(8749n, bits, false)
  );
}

/** pi = 16 arctan(1/5) - 4 arctan(1/239) (Machin 1706). */
function pi(bits: number): bigint {
  return 16n * inverseSeries(5n, bits, true) - 4n * inverseSeries(239n, bits, true);
}

/** e^x for fixed-point x, as mantissa and binary exponent: the value is fixed * 2^exponent. */
export function exactExp(x: Fixed): Fixed & { readonly exponent: number } {
  const { bits } = x;
  const log2 = ln2(bits);
  const exponent = Number((x.value + (log2 >> 1n)) / log2);
  const r = x.value - BigInt(exponent) * log2;
  let term = 1n << BigInt(bits);
  let sum = 0n;
  for (let k = 1n; term !== 0n; k++) {
    sum += term;
    term = (term * r) / (k << BigInt(bits));
  }
  return { value: sum, bits, exponent };
}

/** ln x for a positive double. */
export function exactLog(x: number, bits: number): Fixed {
  let m = x;
  let k = 0;
  for (; m >= 2; k++) m /= 2;
  for (; m < 1; k--) m *= 2;
  const one = 1n << BigInt(bits);
  const f = fixedOf(m, bits);
  const z = ((f - one) << BigInt(bits)) / (f + one);
  const z2 = (z * z) >> BigInt(bits);
  let sum = 0n;
  for (let term = z, n = 1n; term !== 0n; n += 2n, term = (term * z2) >> BigInt(bits)) sum += term / n;
  return { value: 2n * sum + BigInt(k) * ln2(bits), bits };
}

/** erfc(sqrt(y)) for y = x^2 scaled, by the alternating Taylor series of erf; bits must exceed 2 x^2/ln 2 + 120. */
function erfcOfRoot(root: bigint, square: bigint, bits: number): bigint {
  const shift = BigInt(bits);
  let power = root;
  let sum = 0n;
  for (let n = 0n; power !== 0n; n++) {
    const term = power / (2n * n + 1n);
    sum += n % 2n === 0n ? term : -term;
    power = (power * square) / ((n + 1n) << shift);
  }
  const rootPi = squareRoot(pi(bits) << shift);
  return (1n << shift) - ((2n * sum) << shift) / rootPi;
}

/** erfc(x) for any double of moderate size. */
export function exactErfc(x: number): Fixed {
  const bits = 220 + Math.ceil(3.2 * x * x);
  const root = fixedOf(x, bits);
  return { value: erfcOfRoot(root, (root * root) >> BigInt(bits), bits), bits };
}

/** N(x) = erfc(-x / sqrt 2) / 2. */
export function exactNormalCdf(x: number): Fixed {
  const bits = 220 + Math.ceil(1.6 * x * x);
  const at = fixedOf(-x, bits);
  const square = (at * at) >> BigInt(bits + 1);
  const root = squareRoot(square << BigInt(bits));
  return { value: erfcOfRoot(x > 0 ? -root : root, square, bits) / 2n, bits };
}

/** Distance of a double from a reference value in units of the double's last place. */
export function ulpsFrom(found: number, reference: Fixed, exponent = 0): number {
  const shift = reference.bits - exponent;
  if (found === 0) return reference.value === 0n ? 0 : Infinity;
  const bits = Math.max(0, Math.floor(Math.log2(Math.abs(found))));
  const scale = shift + 1200;
  const exact = reference.value << 1200n;
  const difference = fixedOf(found, scale) - exact;
  const ulp = 2 ** (Math.max(-1022, Math.floor(Math.log2(Math.abs(found)))) - 52);
  const ulpFixed = fixedOf(ulp, scale + bits);
  return Number(((difference < 0n ? -difference : difference) << BigInt(bits + 20)) / ulpFixed) / 2 ** 20;
}
