export { NumericDomainError, BracketError } from './numeric-errors.js';
export { powerOfTwoAtMost } from './float-bits.js';
export { exp, expm1 } from './exp.js';
export { log, log1p } from './log.js';
export { pow } from './pow.js';
export { erfc, normalCdf, normalPdf } from './normal.js';
export { quantise, quantiseDown, quantumOf, compensatedSum } from './sums.js';
export { addTo, splitSum, valueOf, type SplitSum } from './split-sum.js';
export { bisect, brent, type Bracket } from './roots.js';
export { lagrange4 } from './interpolation.js';
export {
  roundDown,
  roundHalfEven,
  roundUp,
  toDecimalDown,
  toDecimalHalfEven,
  toDecimalUp,
  toSignificantHalfEven,
  toWadDown,
} from './decimal.js';
export { SeededRandom } from './seeded-random.js';
