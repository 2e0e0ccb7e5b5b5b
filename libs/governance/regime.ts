/** How cautious the coalition is, from attested readings. */
export type Regime = 'GREEN' | 'WATCH' | 'TIGHTEN' | 'EMERGENCY' | 'RECOVERY';
