/** One year of 365 days in seconds (ACT/365F). */
export const SECONDS_PER_YEAR = 31_536_000;
/** Thirty days in seconds: the tenor to which volatility shifts and at-the-money levels refer. */
export const THIRTY_DAYS_SEC = 2_592_000;
