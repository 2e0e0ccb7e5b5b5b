import { z } from 'zod';

/** Field schemas shared by requests and answers; also the source of the OpenAPI document. */
const hex = (pattern: RegExp, accepted: string) =>
  z.string().regex(pattern, accepted) as unknown as z.ZodType<`0x${string}`, `0x${string}`>;

export const digest = hex(/^0x[0-9a-f]{64}$/, 'expected 0x and 64 lower-case hex digits');
export const address = hex(/^0x[0-9a-fA-F]{40}$/, 'expected 0x and 40 hex digits');
/** 65 bytes for an ordinary account; a contract may need more, up to 4 KiB. */
export const signature = hex(/^0x([0-9a-fA-F]{2}){65,4096}$/, 'expected 0x and 65 to 4096 bytes of hex');

export const pageQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce
    .number()
    .int('expected a whole number')
    .min(1, 'expected 1 to 100')
    .max(100, 'expected 1 to 100')
    .default(20),
});
export type PageQuery = z.infer<typeof pageQuery>;

/** UTC, ISO 8601. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
