import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseUnreachableError } from './persistence-error.js';

// Prisma: unreachable, timed out, connection closed, no connection from the pool in time, transaction lost, write conflict.
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034', 'P2037']);
// PostgreSQL: serialization failure, deadlock, too many connections, shutting down, crashed, starting up, idle timeout.
const SQL_STATES = new Set(['40001', '40P01', '53300', '57P01', '57P02', '57P03', '57P05']);
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
]);
const DRIVER_KINDS = new Set([
  'ConnectionClosed',
  'DatabaseNotReachable',
  'SocketTimeout',
  'TooManyConnections',
  'TransactionWriteConflict',
]);
const DRIVER_MESSAGES =
  /Connection terminated|connection timeout|timeout exceeded when trying to connect|Client has encountered a connection error/i;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const MAX_DEPTH = 6;

function isTransientHere(error: object): boolean {
  const { code, kind, originalCode, message } = error as Record<string, unknown>;
  const states = [code, originalCode].filter((value) => typeof value === 'string');
  if (
    states.some(
      (state) =>
        PRISMA_CODES.has(state) || SQL_STATES.has(state) || SOCKET_CODES.has(state) || state.startsWith('08'),
    )
  ) {
    return true;
  }
  if (typeof kind === 'string' && DRIVER_KINDS.has(kind)) return true;
  return typeof message === 'string' && DRIVER_MESSAGES.test(message);
}

/** Everything an error may wrap: its cause, what the driver adapter keeps, the parts of an aggregate. */
function partsOf(error: object): unknown[] {
  const { cause, meta, driverAdapterError, errors } = error as Record<string, unknown>;
  return [cause, meta, driverAdapterError, ...(Array.isArray(errors) ? errors : [])];
}

/** Whether the failure is about the connection or a conflict, so that the same work may succeed a moment later. */
export function isTransient(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > MAX_DEPTH) return false;
  return isTransientHere(error) || partsOf(error).some((part) => isTransient(part, depth + 1));
}

export interface Patience {
  /** How long to keep trying before giving up. */
  readonly maxWaitMs: number;
  readonly onRetry?: (error: unknown, attempt: number) => void;
}

/** Repeats `work` while it fails transiently, with growing pauses; `attempt` starts at 1. */
export async function withRetry<T>(patience: Patience, work: (attempt: number) => Promise<T>): Promise<T> {
  const start = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!isTransient(error)) throw error;
      const waitedMs = Math.round(performance.now() - start);
      if (waitedMs >= patience.maxWaitMs) throw new DatabaseUnreachableError(waitedMs, error);
      patience.onRetry?.(error, attempt);
      await sleep(Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS));
    }
  }
}
