import { createServer } from 'node:net';
import { ChainError } from './chain-error.js';

/** A port of 127.0.0.1 that nothing listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string')
          reject(new ChainError('CHN-105', 'The operating system named no free port on 127.0.0.1.'));
        else resolve(address.port);
      });
    });
  });
}
