import { linearDepth, marginalPrice, type Venues } from '../amm/index.js';
import { AT_SNAPSHOT, linesGreek, type OptionLines } from '../options/index.js';

/** Local feedback of hedging on the price. */
export interface FeedbackGain {
  /** Base units of hedge per 100 % price move over base units that move the price by 100 %; null without active depth. */
  readonly gain: number | null;
  /** Owners are short gamma at the price: the feedback amplifies. */
  readonly shortGamma: boolean;
  /** 1 / (1 - gain) when short gamma and gain < 1; 1 / (1 + gain) when long gamma; null when explosive or without depth. */
  readonly amplification: number | null;
}

/**
 * Local feedback gain G = (|Gamma| S + |vanna dsigma/dln m|) / depth (MODEL 5, local stability; Frey and Stremme 1997
 * for the structure of the amplification). G >= 1 with short gamma is locally explosive.
 *
 * @param volSlope change of implied volatility per unit of log price, e.g. -0.5; 0 by default
 */
export function feedbackGain(lines: OptionLines, venues: Venues, volSlope: number = 0): FeedbackGain {
  const at = { ...AT_SNAPSHOT, spot: marginalPrice(venues) };
  const gamma = linesGreek(lines, 'gamma', at);
  const vanna = volSlope === 0 ? 0 : linesGreek(lines, 'vanna', at);
  const depth = linearDepth(venues);
  const hedge = Math.abs(gamma) * at.spot + Math.abs(vanna * volSlope);
  const shortGamma = gamma < 0;
  if (!(depth > 0)) return { gain: null, shortGamma, amplification: null };
  const gain = hedge / depth;
  const explosive = shortGamma && gain >= 1;
  return { gain, shortGamma, amplification: explosive ? null : 1 / (shortGamma ? 1 - gain : 1 + gain) };
}
