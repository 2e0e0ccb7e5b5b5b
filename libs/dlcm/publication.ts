import { toDecimalDown, toDecimalHalfEven, toDecimalUp, toSignificantHalfEven } from '#libs/numeric/index';
import type { Published } from './evaluation-record.js';

type Rounding = (value: number) => string;

const decimals = (round: (value: number, digits: number) => string, digits: number): Rounding => {
  return (value) => round(value, digits);
};

const usd = decimals(toDecimalHalfEven, 6);
const share = decimals(toDecimalHalfEven, 6);
const price: Rounding = (value) => toSignificantHalfEven(value, 12);

/**
 * How each published number is rounded, in one place. Evidence is rounded half-even: USD and shares to 1e-6, prices and
 * token amounts to 12 significant digits. What is judged or goes on chain (`reading.*`) is rounded against the coalition:
 * thresholds and capacities down, losses and margins up, a price level towards the spot it warns about.
 */
export const PUBLICATION = {
  usd,
  share,
  price,
  units: price,
  index: share,
  'reading.ssfThreshold': decimals(toDecimalDown, 6),
  'reading.lac5Usd': decimals(toDecimalDown, 6),
  'reading.lac10Usd': decimals(toDecimalDown, 6),
  'reading.gexIndex': decimals(toDecimalDown, 6),
  'reading.levelBelowSpot': decimals(toDecimalUp, 6),
  'reading.levelAboveSpot': decimals(toDecimalDown, 6),
  'reading.totalValueLiquidatedUsd': decimals(toDecimalUp, 6),
  'remedy.thresholdBefore': decimals(toDecimalDown, 6),
  'remedy.thresholdAfter': decimals(toDecimalDown, 6),
  'remedy.thresholdJustBelow': decimals(toDecimalUp, 6),
  'remedy.thresholdMissing': decimals(toDecimalUp, 6),
  'remedy.costUsd': decimals(toDecimalUp, 6),
  'remedy.lossUsd': decimals(toDecimalUp, 6),
  'remedy.capacityUsd': decimals(toDecimalDown, 6),
} as const satisfies Record<string, Rounding>;

/** A row of the publication table. */
export type PublishedField = keyof typeof PUBLICATION;

/**
 * Decimal string of a number as its field is published.
 *
 * @throws NumericDomainError (NUM-101) unless the number is finite
 * @example publish('usd', 1 / 3) // "0.333333"
 */
export function publish(field: PublishedField, value: number): string {
  return PUBLICATION[field](value === 0 ? 0 : value);
}

/** The same for a number that may be missing. */
export function publishOptional(field: PublishedField, value: number | null): string | null {
  return value === null ? null : publish(field, value);
}

/**
 * Plain data with every number as its shortest decimal string that reads back to the same double. For inputs
 * (parameters), which must not be rounded.
 */
export function publishExact<T>(value: T): Published<T> {
  return exactOf(value) as Published<T>;
}

function exactOf(value: unknown): unknown {
  if (typeof value === 'number') return `${value}`;
  if (Array.isArray(value)) return value.map(exactOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, exactOf(item)]));
}
