import { describe, expect, it } from '@jest/globals';
import { drawBorrowers, type BorrowerDraw } from './borrowers.js';
import { DEFAULT_PLAN } from './default-plan.js';

const { borrowers: plan, assets } = DEFAULT_PLAN;

function weighted(draw: BorrowerDraw, by: 'ltBps' | 'ltvBps'): number {
  return Object.entries(draw.collateralUsd).reduce(
    (sum, [id, usd]) => sum + (usd * (assets.find((asset) => asset.id === id)?.reserve[by] ?? 0)) / 10_000,
    0,
  );
}
const owed = (draw: BorrowerDraw): number => Object.values(draw.debtUsd).reduce((sum, usd) => sum + usd, 0);
const held = (draw: BorrowerDraw): number =>
  Object.values(draw.collateralUsd).reduce((sum, usd) => sum + usd, 0);
const health = (draw: BorrowerDraw): number => weighted(draw, 'ltBps') / owed(draw);

describe('drawBorrowers', () => {
  const draws = drawBorrowers(DEFAULT_PLAN, 'a seed');

  it('default: as many as planned, at least two hundred, every one inside the limit of lending', () => {
    expect(draws).toHaveLength(plan.count);
    expect(plan.count).toBeGreaterThanOrEqual(200);
    for (const draw of draws) expect(owed(draw)).toBeLessThanOrEqual(weighted(draw, 'ltvBps'));
    expect(new Set(draws.map(({ index }) => index)).size).toBe(plan.count);
  });

  it('behavior: one seed gives one market, another seed another', () => {
    expect(drawBorrowers(DEFAULT_PLAN, 'a seed')).toEqual(draws);
    expect(drawBorrowers(DEFAULT_PLAN, 'another seed')).not.toEqual(draws);
  });

  it('behavior: most leverage lies between 1.4 and 1.9 (Heimbach and Huang, BIS working paper 1171)', () => {
    const leverages = draws.map((draw) => held(draw) / (held(draw) - owed(draw)));
    const typical = leverages.filter((leverage) => leverage >= 1.4 && leverage <= 1.9).length;
    expect(typical / draws.length).toBeGreaterThan(0.6);
    expect(Math.max(...leverages)).toBeLessThan(12);
  });

  it('behavior: nobody is liquidatable at the opening, a stated share is near it', () => {
    const near = draws.filter((draw) => health(draw) < plan.near.high + 1e-9).length;
    expect(Math.min(...draws.map(health))).toBeGreaterThan(1.1);
    expect(near).toBeGreaterThanOrEqual(Math.floor(plan.near.share * (plan.count - plan.loopers.count)));
  });

  it('behavior: the debt near liquidation hardly depends on the seed', () => {
    const nearDebt = (seed: string): number =>
      drawBorrowers(DEFAULT_PLAN, seed)
        .filter((draw) => health(draw) < plan.near.high)
        .reduce((sum, draw) => sum + owed(draw), 0);
    const sums = ['1', '2', '3', '4', '5'].map(nearDebt);
    expect(Math.max(...sums) / Math.min(...sums)).toBeLessThan(1.05);
  });
});
