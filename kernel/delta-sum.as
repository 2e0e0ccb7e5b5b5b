// Sum of option deltas at one node of a hedge curve: the arithmetic of libs/dlcm/options/delta-sum.ts, libs/numeric/normal.ts
// and libs/numeric/exp.ts operation by operation, two lines at a time. Plain + - * / only, so that the bits are the same.

const SQRT_HALF: f64 = 0.7071067811865476;
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const LOG2_E: f64 = 1.4426950408889634;
const INVERSE_SQRT_PI: f64 = 0.5641895835477563;
/** 1.5 x 2^52: added to a small whole number it leaves the number in the low bits. */
const WHOLE: f64 = 6755399441055744.0;
const TWO_52: f64 = 4503599627370496.0;

// @ts-ignore: decorator
@inline
function both(x: f64): v128 {
  return f64x2.splat(x);
}

// @ts-ignore: decorator
@inline
function step(sum: v128, x: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.mul(sum, x), both(coefficient));
}

/** e^x for |x| below 700. */
// @ts-ignore: decorator
@inline
function exp2(x: v128): v128 {
  const scaled = f64x2.mul(x, both(LOG2_E));
  const up = f64x2.ceil(scaled);
  // Math.round: the next whole number, one less where that is more than a half away.
  const k = f64x2.sub(up, v128.and(f64x2.gt(f64x2.sub(up, both(0.5)), scaled), both(1)));
  const high = f64x2.sub(x, f64x2.mul(k, both(LN2_HIGH)));
  const low = f64x2.mul(k, both(LN2_LOW));
  const r = f64x2.sub(high, low);
  let tail = both(1.0 / 20922789888000.0);
  tail = step(tail, r, 7.647163731819816e-13);
  tail = step(tail, r, 1.1470745597729725e-11);
  tail = step(tail, r, 1.6059043836821613e-10);
  tail = step(tail, r, 2.08767569878681e-9);
  tail = step(tail, r, 2.505210838544172e-8);
  tail = step(tail, r, 2.755731922398589e-7);
  tail = step(tail, r, 0.0000027557319223985893);
  tail = step(tail, r, 0.0000248015873015873);
  tail = step(tail, r, 0.0001984126984126984);
  tail = step(tail, r, 0.001388888888888889);
  tail = step(tail, r, 0.008333333333333333);
  tail = step(tail, r, 0.041666666666666664);
  tail = step(tail, r, 0.16666666666666666);
  tail = step(tail, r, 0.5);
  const curve = f64x2.mul(f64x2.mul(r, r), tail);
  const small = f64x2.add(f64x2.sub(f64x2.sub(high, r), low), curve);
  const sum = f64x2.add(r, small);
  const y = f64x2.add(both(1), sum);
  const lost = f64x2.add(f64x2.sub(sum, f64x2.sub(y, both(1))), f64x2.sub(small, f64x2.sub(sum, r)));
  const result = f64x2.add(y, lost);
  const exponent = i64x2.shl(i64x2.add(f64x2.add(k, both(WHOLE)), i64x2.splat(1023)), 52);
  return f64x2.mul(result, exponent);
}

/** N(x) where |x| / sqrt 2 <= 0.46875. */
// @ts-ignore: decorator
@inline
function near(x: v128): v128 {
  const a = f64x2.mul(x, both(SQRT_HALF));
  const a2 = f64x2.mul(a, a);
  let over = both(0.18577770618460315);
  over = step(over, a2, 3.1611237438705656);
  over = step(over, a2, 113.86415415105016);
  over = step(over, a2, 377.485237685302);
  over = step(over, a2, 3209.3775891384694);
  let under = both(1);
  under = step(under, a2, 23.601290952344122);
  under = step(under, a2, 244.02463793444417);
  under = step(under, a2, 1282.6165260773723);
  under = step(under, a2, 2844.2368334391706);
  return f64x2.add(both(0.5), f64x2.mul(both(0.5), f64x2.div(f64x2.mul(a, over), under)));
}

/** e^(-x^2 / 2) / 2 times e^(z^2) erfc(z), z = |x| / sqrt 2 above 0.46875; mirrored for x above 0. */
// @ts-ignore: decorator
@inline
function away(x: v128, z: v128, scaled: v128): v128 {
  const coarse = f64x2.div(f64x2.trunc(f64x2.mul(x, both(16))), both(16));
  const first = exp2(f64x2.mul(f64x2.mul(both(-0.5), coarse), coarse));
  const rest = f64x2.mul(f64x2.sub(x, coarse), f64x2.add(x, coarse));
  const gaussian = f64x2.mul(first, exp2(f64x2.mul(both(-0.5), rest)));
  const tail = f64x2.mul(both(0.5), f64x2.mul(gaussian, scaled));
  return v128.bitselect(f64x2.sub(both(1), tail), tail, f64x2.gt(x, both(0)));
}

/** e^(z^2) erfc(z) for 0.46875 < z <= 4. */
// @ts-ignore: decorator
@inline
function middle(z: v128): v128 {
  let over = both(2.1531153547440383e-8);
  over = step(over, z, 0.5641884969886701);
  over = step(over, z, 8.883149794388377);
  over = step(over, z, 66.11919063714163);
  over = step(over, z, 298.6351381974001);
  over = step(over, z, 881.9522212417691);
  over = step(over, z, 1712.0476126340707);
  over = step(over, z, 2051.0783778260716);
  over = step(over, z, 1230.3393547979972);
  let under = both(1);
  under = step(under, z, 15.744926110709835);
  under = step(under, z, 117.6939508913125);
  under = step(under, z, 537.1811018620099);
  under = step(under, z, 1621.3895745666903);
  under = step(under, z, 3290.7992357334597);
  under = step(under, z, 4362.619090143247);
  under = step(under, z, 3439.3676741437216);
  under = step(under, z, 1230.3393548037495);
  return f64x2.div(over, under);
}

/** The same for z > 4. */
// @ts-ignore: decorator
@inline
function far(z: v128): v128 {
  const w = f64x2.div(both(1), f64x2.mul(z, z));
  let over = both(0.016315387137302097);
  over = step(over, w, 0.30532663496123236);
  over = step(over, w, 0.36034489994980445);
  over = step(over, w, 0.12578172611122926);
  over = step(over, w, 0.016083785148742275);
  over = step(over, w, 6.587491615298378e-4);
  let under = both(1);
  under = step(under, w, 2.568520192289822);
  under = step(under, w, 1.8729528499234604);
  under = step(under, w, 0.5279051029514285);
  under = step(under, w, 0.06051834131244132);
  under = step(under, w, 0.0023352049762686918);
  return f64x2.div(f64x2.sub(both(INVERSE_SQRT_PI), f64x2.div(f64x2.mul(w, over), under)), z);
}

function normalCdf2(x: v128): v128 {
  const z = f64x2.mul(f64x2.abs(x), both(SQRT_HALF));
  const isNear = f64x2.le(z, both(0.46875));
  const isFar = f64x2.gt(z, both(4));
  if (i64x2.all_true(isNear)) return near(x);
  let scaled: v128;
  if (i64x2.all_true(isFar)) scaled = far(z);
  else {
    scaled = middle(z);
    if (v128.any_true(isFar)) scaled = v128.bitselect(far(z), scaled, isFar);
  }
  let result = away(x, z, scaled);
  // Below 1e-290 nothing is left after rounding to the quantum.
  const gone = f64x2.gt(z, both(26));
  if (v128.any_true(gone)) {
    const end = v128.and(f64x2.gt(x, both(0)), both(1));
    result = v128.bitselect(end, result, gone);
  }
  return v128.any_true(isNear) ? v128.bitselect(near(x), result, isNear) : result;
}

/**
 * Sum over pairs of lines of quantise(weight N(side d1)), d1 = (logSpot + offset) / deviation + deviation / 2.
 * A line is four doubles at `first`, column by column: deviation, offset, weight and side; `rows` is even.
 */
export function sumDeltas(first: usize, rows: i32, logSpot: f64, quantum: f64): f64 {
  const column = <usize>rows << 3;
  const big = both(TWO_52 * quantum);
  const spot = both(logSpot);
  let sum = both(0);
  const end = first + column;
  for (let at = first; at < end; at += 16) {
    const deviation = v128.load(at);
    const offset = v128.load(at + column);
    const weight = v128.load(at + 2 * column);
    const side = v128.load(at + 3 * column);
    const d1 = f64x2.add(f64x2.div(f64x2.add(spot, offset), deviation), f64x2.div(deviation, both(2)));
    const delta = f64x2.mul(weight, normalCdf2(f64x2.mul(side, d1)));
    const signed = v128.or(v128.and(delta, both(-0.0)), big);
    const rounded = f64x2.sub(f64x2.add(delta, signed), signed);
    const large = f64x2.ge(f64x2.abs(delta), big);
    sum = f64x2.add(sum, v128.bitselect(delta, rounded, large));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}
