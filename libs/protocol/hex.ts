import type { Hex } from '#libs/canonical/index';

export type { Hex };
/** An account or contract, in any letter case. */
export type Address = Hex;
