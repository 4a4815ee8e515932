import { types, type CustomTypesConfig } from 'pg';
import { usFromTimestamp } from './timestamp.ts';

const INT8 = 20;
const DATE = 1082;
const TIMESTAMPTZ = 1184;
const INT8_ARRAY = 1016;

const parsers = new Map<number, (text: string) => unknown>([
  [INT8, BigInt],
  [DATE, (text) => text],
  [TIMESTAMPTZ, usFromTimestamp],
  [INT8_ARRAY, parseInt8Array],
]);

/**
 * How column values arrive: int8 as bigint, timestamptz as bigint microseconds since the epoch (a Date would cut
 * them to milliseconds), date as `YYYY-MM-DD`, numeric as decimal text, everything else as pg does it.
 */
export const valueTypes: CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    (format === 'binary' ? undefined : parsers.get(oid)) ?? types.getTypeParser(oid, format),
};

function parseInt8Array(text: string): (bigint | null)[] {
  if (text === '{}') return [];
  return text
    .slice(1, -1)
    .split(',')
    .map((item) => (item === 'NULL' ? null : BigInt(item)));
}
