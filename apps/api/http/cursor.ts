import type { ListPosition } from '#libs/application/index';
import { Problem } from './problem.js';

/** Opaque to the caller: position of the last item of a page. */
export function encodeCursor({ createdAt, id }: ListPosition): string {
  return Buffer.from(`1:${createdAt}:${id}`, 'utf8').toString('base64url');
}

const CURSOR = /^1:(\d{1,15}):(0x[0-9a-f]{64})$/;

export function decodeCursor(cursor: string): ListPosition {
  const match = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  const [createdAt, id] = [match?.[1], match?.[2]];
  if (createdAt === undefined || id === undefined) {
    throw new Problem(
      'bad-cursor',
      'Pass nextCursor of the previous page unchanged, or leave the cursor out to begin at the newest.',
      [{ pointer: '/cursor', detail: 'not a cursor of this API' }],
    );
  }
  return { createdAt: Number(createdAt), id: id as `0x${string}` };
}
