import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.js';

export interface DatabaseOptions {
  readonly url: string;
  readonly maxConnections?: number;
}

export type Database = PrismaClient;

const CONNECT_PATIENCE_MS = 5_000;

/** Opens the pool lazily: a server that is still starting is met by the store's own patience. */
export function openDatabase({ url, maxConnections = 10 }: DatabaseOptions): Database {
  const adapter = new PrismaPg(
    {
      connectionString: url,
      max: maxConnections,
      connectionTimeoutMillis: CONNECT_PATIENCE_MS,
      keepAlive: true,
    },
    // A connection the server closed while it lay idle is replaced by the pool; without a listener it would end the process.
    { onPoolError: () => undefined, onConnectionError: () => undefined },
  );
  return new PrismaClient({ adapter, errorFormat: 'minimal' });
}
