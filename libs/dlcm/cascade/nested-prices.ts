import { bookEquityUsd } from './book-capital.js';
import type { NestedPart, NestedRule } from './nested-table.js';
import type { Scenario } from '../scenario.js';
import type { RunState } from './run-state.js';
import type { System } from './system.js';

/** Nested prices of a run (MODEL 4.6); null below level v3 and without nested tokens. */
export interface NestedState {
  /**
   * By row: snapshot price over what the formula gives at snapshot prices, so that a token keeps the premium or discount it
   * had and nothing moves before the shock.
   */
  readonly scale: Float64Array;
}

/** The nested tokens of a run, to be calibrated once its state stands. */
export function freshNested(system: System, scenario: Scenario): NestedState | null {
  if (scenario.level !== 'v3' || system.nested.rows.length === 0) return null;
  return { scale: new Float64Array(system.assets.ids.length).fill(1) };
}

/** Fits each token's formula to its snapshot price. */
export function calibrateNested(state: RunState): void {
  const { nested, system } = state;
  if (nested === null) return;
  const { spot } = system.assets;
  for (const { row, rule } of system.nested.rows) {
    const value = formulaValue(state, rule, spot);
    // A staking token below its redemption value is priced by its pool, not by a scaled redemption value.
    if (value > 0)
      nested.scale[row] = rule.kind === 'staked' ? Math.max(1, spot[row]! / value) : spot[row]! / value;
  }
}

function formulaValue(state: RunState, rule: NestedRule, price: Float64Array): number {
  if (rule.kind === 'parts') return rule.parts.reduce((sum, part) => sum + worth(part, price), 0);
  if (rule.kind === 'staked') return worth(rule.part, price);
  if (rule.kind === 'pool')
    return 2 * rule.root * Math.sqrt(price[rule.base]!) * Math.sqrt(price[rule.quote]!);
  return Math.max(0, bookEquityUsd(state, rule.book)) / rule.supply;
}

const worth = ({ row, units }: NestedPart, price: Float64Array): number => units * price[row]!;

/** A price of nothing would make ratios meaningless; a nested token keeps this share of its snapshot price. */
const LEAST = 1e-12;

/**
 * Prices every nested token from the prices of its parts. A staking token that trades is worth its redemption value or, if
 * that is less, what `price` already holds for it.
 *
 * @param price USD by row; rows of nested tokens are overwritten
 */
export function priceNested(state: RunState, price: Float64Array): void {
  const { nested, system } = state;
  if (nested === null) return;
  for (const { row, rule } of system.nested.rows) {
    const value = Math.max(
      nested.scale[row]! * formulaValue(state, rule, price),
      LEAST * system.assets.spot[row]!,
    );
    price[row] = rule.kind === 'staked' ? Math.min(value, price[row]!) : value;
  }
}

/** Market prices of the nested tokens that no venue trades. */
export function priceUntraded(state: RunState): void {
  const { nested, system, market, venues, segments } = state;
  if (nested === null) return;
  for (const { row, rule } of system.nested.rows) {
    if (venues[segments.leader[row]!] !== null) continue;
    market[row] = Math.max(
      nested.scale[row]! * formulaValue(state, rule, market),
      LEAST * system.assets.spot[row]!,
    );
  }
}

/** Exogenous prices of the nested tokens follow those of their parts. */
export function priceExogenous(state: RunState): void {
  const { nested, system, exogenous } = state;
  if (nested === null) return;
  for (const { row, rule } of system.nested.rows) {
    if (rule.kind === 'vault') continue;
    const now = formulaValue(state, rule, exogenous);
    const start = formulaValue(state, rule, system.assets.spot);
    exogenous[row] = system.assets.spot[row]! * (now / start);
  }
}

/**
 * What a nested token without a venue is turned into to be sold, or made from to be repaid: parts down to rows that a venue
 * trades or that are cash. A pool share counts with the fair composition of its pool, whose depth is left as it is. Null for
 * any other row, and for a vault share, which its vault redeems in cash.
 */
export function redemption(state: RunState, row: number): readonly NestedPart[] | null {
  if (state.nested === null || state.venues[state.segments.leader[row]!] !== null) return null;
  const rule = state.system.nested.ruleOf[row] ?? null;
  if (rule === null || rule.kind === 'vault') return null;
  return directParts(state, rule).flatMap(({ row: part, units }) => {
    const leader = state.segments.leader[part]!;
    const deeper = redemption(state, leader);
    return deeper === null
      ? [{ row: leader, units }]
      : deeper.map((inner) => ({ row: inner.row, units: inner.units * units }));
  });
}

function directParts(state: RunState, rule: NestedRule): readonly NestedPart[] {
  if (rule.kind === 'parts') return rule.parts;
  if (rule.kind === 'staked') return [rule.part];
  if (rule.kind === 'vault') return [];
  const ratio = state.market[rule.quote]! / state.market[rule.base]!;
  return [
    { row: rule.base, units: rule.root * Math.sqrt(ratio) },
    { row: rule.quote, units: rule.root / Math.sqrt(ratio) },
  ];
}
