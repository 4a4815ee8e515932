import { RejectedInput } from '#model';
import { usFromTimestamp } from '#store';
import { z } from 'zod';

export { formatWireTime } from '#files';

/** How values stand on the wire: money as decimal strings, times as RFC 3339 in UTC, cursors as opaque text. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
/** Any JSON value. Not checked: it comes from a JSON parser or a jsonb column. */
export const Json = z.custom<JsonValue>();

export const Money = z
  .string()
  .regex(/^-?\d+(\.\d{1,12})?$/)
  .meta({ description: 'Exact decimal', format: 'decimal' });
/** A quotient or a share: a decimal of at most 12 places. */
export const Ratio = z.string().meta({ format: 'decimal' });
export const Time = z.iso.datetime({ offset: true }).meta({ description: 'RFC 3339, UTC' });

/** A query parameter: an RFC 3339 time or a UTC day, read as microseconds since the epoch. */
export const Instant = z
  .string()
  .transform((text, context): bigint => {
    try {
      return usFromTimestamp(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a day (2026-10-21) or an RFC 3339 time' });
      return z.NEVER;
    }
  })
  .meta({ description: 'A UTC day (2026-10-21) or an RFC 3339 time' });

/** A size of the evidence log: a number of leaves. */
export const LogSize = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be a number of leaves, from 1')
  .transform(Number);

/** How many rows at most; the server's maximum stands above it. */
export const PageSize = z
  .string()
  .regex(/^[1-9]\d{0,4}$/, 'must be a whole number from 1')
  .transform(Number)
  .optional();

export function encodeCursor(parts: readonly (string | null)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Parts of cursors, as they are read back. */
export const CursorTime = z
  .string()
  .regex(/^-?\d{1,18}$/)
  .transform(BigInt);
export const CursorUuid = z.guid();

/**
 * @param parts what the cursor of this list holds
 * @throws RejectedInput for text that no answer of ours held
 */
export function decodeCursor<Parts>(cursor: string, parts: z.ZodType<Parts>): Parts {
  try {
    return parts.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new RejectedInput('invalid', 'is no cursor of this list', 'cursor');
  }
}
