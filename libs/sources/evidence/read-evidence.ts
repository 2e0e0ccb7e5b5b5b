import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MAX_CHUNK_BYTES } from '#libs/market/index';
import { type Evidence, parseBundle, type ParsedBundle } from './evidence.js';
import { EvidenceError } from './evidence-error.js';
import { limitedFetch, tooLarge } from './limited-fetch.js';

/** A bundle holds one record and a header: a few hundred kilobytes at most. */
const MAX_BUNDLE_BYTES = 32 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 20_000;

export interface EvidenceOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Told once per chunk, for progress. */
  readonly onChunk?: (done: number, total: number) => void;
}

/**
 * Reads evidence from the address of an evaluation or its bundle (http or https), or from a saved bundle: a file beside a folder
 * `chunks/` that holds the bytes under their sha256, or a folder with both.
 */
export function readEvidence(place: string, options: EvidenceOptions = {}): Promise<Evidence> {
  return /^https?:\/\//.test(place) ? fromUrl(place, options) : fromFile(place, options);
}

async function fromUrl(place: string, options: EvidenceOptions): Promise<Evidence> {
  const url = bundleUrl(place);
  const limits = { timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS, signal: options.signal };
  const bundle = parseBundle(
    await limitedFetch(url.href, { ...limits, maxBytes: MAX_BUNDLE_BYTES }),
    url.href,
  );
  // Only the origin that served the bundle is asked for chunks, at the fixed path: a bundle cannot send a reader elsewhere.
  const base = url.href.slice(0, url.href.lastIndexOf('/v1/evaluations/'));
  return withChunks(bundle, options, (sha256) =>
    limitedFetch(`${base}/v1/chunks/${sha256}`, { ...limits, maxBytes: MAX_CHUNK_BYTES }),
  );
}

const EVALUATION_PATH = /^(.*\/v1\/evaluations\/0x[0-9a-f]{64})(\/bundle)?\/?$/;

function bundleUrl(place: string): URL {
  const url = new URL(place);
  const path = EVALUATION_PATH.exec(url.pathname)?.[1];
  if (path === undefined)
    throw new EvidenceError(
      'SRC-403',
      `${place} is not the address of an evaluation. Accepted: http(s)://<host>/v1/evaluations/<digest>, with or without /bundle.`,
      false,
      { place },
    );
  url.pathname = `${path}/bundle`;
  return url;
}

async function fromFile(place: string, options: EvidenceOptions): Promise<Evidence> {
  const { file, folder } = await bundleFile(place);
  const bundle = parseBundle(await limitedRead(file, MAX_BUNDLE_BYTES), file);
  return withChunks(bundle, options, (sha256) =>
    limitedRead(join(folder, 'chunks', basename(sha256)), MAX_CHUNK_BYTES),
  );
}

async function bundleFile(place: string): Promise<{ file: string; folder: string }> {
  const found = await stat(place).catch((cause: unknown) => {
    throw missing(place, cause);
  });
  return found.isDirectory()
    ? { file: join(place, 'bundle.json'), folder: place }
    : { file: place, folder: dirname(place) };
}

async function withChunks(
  bundle: ParsedBundle,
  options: EvidenceOptions,
  read: (sha256: string) => Promise<Uint8Array>,
): Promise<Evidence> {
  const chunks: Uint8Array[] = [];
  for (const sha256 of bundle.header.chunks) {
    chunks.push(await read(sha256));
    options.onChunk?.(chunks.length, bundle.header.chunks.length);
  }
  return { ...bundle, chunks };
}

async function limitedRead(file: string, maxBytes: number): Promise<Uint8Array> {
  const found = await stat(file).catch((cause: unknown) => {
    throw missing(file, cause);
  });
  if (found.size > maxBytes) throw tooLarge(file, maxBytes);
  return new Uint8Array(await readFile(file));
}

function missing(file: string, cause: unknown): EvidenceError {
  return new EvidenceError(
    'SRC-401',
    `${file} cannot be read. Pass an existing bundle file, its folder, or the address of an evaluation.`,
    false,
    { file },
    { cause },
  );
}
