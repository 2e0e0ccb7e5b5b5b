import type { ChainClock } from '#libs/application/index';
import type { LineContext } from './context.js';

/** The timestamp of the newest block: the only clock of the line. */
export function chainClock({ client }: Pick<LineContext, 'client'>): ChainClock {
  return {
    async now() {
      const { timestamp } = await client.getBlock({ blockTag: 'latest' });
      return Number(timestamp);
    },
  };
}
