import { parse } from 'lossless-json';
import { z } from 'zod';
import type { BillLine, ReadBill, RefusedBillLine } from '../bill-line.ts';

/** A JSON number as the text it was written with. */
export const numberText = z.string().max(100);

/** A count of tokens or units; absent and null are not told, which is not 0. */
export const count = z
  .string()
  .regex(/^\d{1,18}$/, 'must be a whole number of at most 18 digits')
  .transform(BigInt)
  .nullish()
  .transform((value) => value ?? null);

export const label = z
  .string()
  .max(512)
  .nullish()
  .transform((value) => value ?? null);

/** One page as the API answers it, several pages one after another in an array, or the list of buckets itself. */
const pages = z.union([
  z.array(z.looseObject({ results: z.array(z.unknown()) })),
  z.looseObject({ data: z.array(z.unknown()), has_more: z.boolean().optional() }),
  z.array(z.looseObject({ data: z.array(z.unknown()) })),
]);

export interface JsonBuckets {
  readonly buckets: readonly unknown[];
  /** The last page says that more pages follow. */
  readonly isTruncated: boolean;
}

/**
 * Parses JSON without turning any number into a double: numbers stay the text they were written with.
 * @throws SyntaxError when the text is no JSON, or no page of buckets
 */
export function readBuckets(text: string): JsonBuckets {
  const value = pages.safeParse(parse(text, undefined, String));
  if (!value.success)
    throw new SyntaxError(
      'not a page of buckets: expected {"data": [...]}, an array of pages, or of buckets',
    );
  if (!Array.isArray(value.data))
    return { buckets: value.data.data, isTruncated: value.data.has_more === true };
  const buckets = value.data.flatMap((each) => (Array.isArray(each['data']) ? each['data'] : [each]));
  const last = value.data.at(-1);
  return { buckets, isTruncated: last !== undefined && last['has_more'] === true };
}

/** What a reader makes of one result: its lines, or why it is refused. */
export type ReadResult =
  { readonly lines: readonly BillLine[]; readonly rounded?: number } | { readonly reason: string };

/**
 * Reads every result of every bucket with one function; a result that cannot be read is refused singly.
 * @param readResult called with the bucket, the result and its position from 1
 */
export function readResults<Bucket extends { readonly results: readonly unknown[] }>(
  { buckets, isTruncated }: JsonBuckets,
  bucketSchema: z.ZodType<Bucket>,
  notes: readonly string[],
  readResult: (bucket: Bucket, result: unknown, line: number) => ReadResult,
): ReadBill {
  const lines: BillLine[] = [];
  const refused: RefusedBillLine[] = [];
  let position = 0;
  let roundedLines = 0;
  for (const raw of buckets) {
    const bucket = bucketSchema.safeParse(raw);
    if (!bucket.success) {
      position += 1;
      refused.push({ line: position, reason: `bucket: ${firstIssue(bucket.error)}` });
      continue;
    }
    for (const result of bucket.data.results) {
      position += 1;
      const read = readResult(bucket.data, result, position);
      if ('reason' in read) refused.push({ line: position, reason: read.reason });
      else {
        lines.push(...read.lines);
        roundedLines += read.rounded ?? 0;
      }
    }
  }
  return { lines, refused, roundedLines, notes: isTruncated ? [...notes, 'more_pages_follow'] : notes };
}

/** `field: rule` of the first thing that is wrong. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]!;
  const field = issue.path.join('.');
  return field === '' ? issue.message : `${field}: ${issue.message}`;
}
