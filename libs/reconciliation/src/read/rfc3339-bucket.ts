import { z } from 'zod';

const instant = z.iso.datetime({ offset: true }).transform((text) => BigInt(Date.parse(text)) * 1000n);

/** A time bucket of Anthropic's admin API: RFC 3339, the end exclusive. */
export const rfc3339Bucket = z
  .looseObject({ starting_at: instant, ending_at: instant, results: z.array(z.unknown()) })
  .refine((bucket) => bucket.ending_at > bucket.starting_at, 'ending_at must be after starting_at');
