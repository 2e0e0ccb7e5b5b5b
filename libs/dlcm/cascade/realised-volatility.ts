import { exp } from '#libs/numeric/index';
import { rowOf, type PriceHistory } from './price-history.js';

const YEAR_SEC = 31_536_000;
/** Memory of the realised variance and length of the return window, seconds (MODEL 0.2). */
const MEMORY_SEC = 86_400;
const WINDOW_SEC = 300;

/**
 * Realised variance of each asset as an output of the run, and the lift it gives implied volatilities:
 * v_k = a v_(k-1) + (1 - a) (ln m_k - ln m_(k-w))^2 / (w dt / Y), a = exp(-dt / 86,400 s), w = ceil(300 s / dt);
 * u_k = weight x max(0, sqrt(v_k) - sigma_0). Independent of the tick length to first order.
 */
export interface RealisedVolatility {
  readonly decay: number;
  readonly window: number;
  readonly windowYears: number;
  readonly weight: number;
  readonly sigma0: Float64Array;
  readonly variance: Float64Array;
  /** Lift u of implied volatilities, by asset. */
  readonly lift: Float64Array;
  /** Highest realised volatility so far, by asset. */
  readonly peak: Float64Array;
}

/** Realised volatility at the snapshot: each asset starts at its own at-the-money volatility. */
export function realisedVolatility(
  sigma0: Float64Array,
  stepSec: number,
  weight: number,
): RealisedVolatility {
  const window = Math.ceil(WINDOW_SEC / stepSec);
  return {
    decay: exp(-stepSec / MEMORY_SEC),
    window,
    windowYears: (window * stepSec) / YEAR_SEC,
    weight,
    sigma0,
    variance: sigma0.map((sigma) => sigma * sigma),
    lift: new Float64Array(sigma0.length),
    peak: sigma0.slice(),
  };
}

/**
 * Takes in the tick just recorded. The lift it gives is used from the next tick on, so that it is one number per tick.
 *
 * @param ratchet true after the shock has ended: the lift no longer falls, so that the run comes to rest
 */
export function updateVolatility(
  volatility: RealisedVolatility,
  history: PriceHistory,
  ratchet: boolean,
): void {
  const { decay, windowYears, variance, lift, peak } = volatility;
  const now = rowOf(history, history.last);
  const before = rowOf(history, history.last - volatility.window);
  for (let i = 0; i < variance.length; i += 1) {
    const move = history.logs[now + i]! - history.logs[before + i]!;
    variance[i] = decay * variance[i]! + ((1 - decay) * move * move) / windowYears;
    const sigma = Math.sqrt(variance[i]!);
    const next = volatility.weight * Math.max(0, sigma - volatility.sigma0[i]!);
    lift[i] = ratchet ? Math.max(lift[i]!, next) : next;
    peak[i] = Math.max(peak[i]!, sigma);
  }
}
