/** The exogenous path of a shock, as the scenario states it: shares of the terminal log return over time. */
export interface PlayedPath {
  readonly shape: 'jump' | 'linear' | 'smooth' | 'exp';
  readonly durationSec: number;
  readonly stepSec: number;
}

export interface PlayedShock {
  readonly asset: string;
  /** Terminal simple return is -size. */
  readonly size: number;
}

const SHAPES: Readonly<Record<PlayedPath['shape'], (share: number) => number>> = {
  jump: (share) => (share > 0 ? 1 : 0),
  linear: (share) => share,
  smooth: (share) => 3 * share * share - 2 * share ** 3,
  exp: (share) => (1 - Math.exp(-3 * share)) / (1 - Math.exp(-3)),
};

/** Share of the terminal log return reached at a time. */
export function reached({ shape, durationSec }: PlayedPath, sec: number): number {
  return SHAPES[shape](Math.min(1, sec / durationSec));
}

/** By how much an asset's exogenous price multiplies between two times; `beta` is its sensitivity to the shocked one. */
export function exogenousFactor(
  path: PlayedPath,
  { size, beta }: { readonly size: number; readonly beta: number },
  [from, to]: readonly [number, number],
): number {
  return Math.exp(beta * Math.log(1 - size) * (reached(path, to) - reached(path, from)));
}
