import { pow } from '#libs/numeric/index';

/** Raw integer amount in whole tokens; the same double on every machine. */
export function wholeTokens(raw: bigint, decimals: number): number {
  return Number(raw) / pow(10, decimals);
}
