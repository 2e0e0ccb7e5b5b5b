import { EvidenceError } from './evidence-error.js';

export interface FetchLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** GET with a limit on time and on bytes; the body is cut off as soon as it passes the limit, whatever its header claimed. */
export async function limitedFetch(url: string, limits: FetchLimits): Promise<Uint8Array> {
  const deadline = AbortSignal.timeout(limits.timeoutMs);
  const signal = limits.signal === undefined ? deadline : AbortSignal.any([deadline, limits.signal]);
  const response = await fetch(url, { signal, redirect: 'error' }).catch((cause: unknown) => {
    throw unreachable(url, cause);
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new EvidenceError(
      'SRC-401',
      `${url} answered ${response.status}. Check the address; evidence older than its retention is no longer served.`,
      response.status >= 500 || response.status === 429,
      { url, status: response.status },
    );
  }
  return readLimited(url, response, limits.maxBytes);
}

async function readLimited(url: string, response: Response, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of response.body ?? []) {
      length += part.length;
      if (length > maxBytes) throw tooLarge(url, maxBytes);
      parts.push(part);
    }
  } catch (thrown) {
    throw thrown instanceof EvidenceError ? thrown : unreachable(url, thrown);
  }
  return new Uint8Array(Buffer.concat(parts, length));
}

export function tooLarge(place: string, maxBytes: number): EvidenceError {
  return new EvidenceError(
    'SRC-402',
    `${place} is larger than the ${maxBytes} bytes that are read. It is not evidence of this format.`,
    false,
    { place, maxBytes },
  );
}

function unreachable(url: string, cause: unknown): EvidenceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EvidenceError(
    'SRC-401',
    `${url} cannot be read (${reason}). Check that the server runs and try again.`,
    true,
    { url },
    { cause },
  );
}
