import { createHash, createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLogs, type Hash16 } from '#otlp';
import { readRows } from './otlp-reading.ts';

export const plainHash16: Hash16 = (bytes) => createHash('sha256').update(bytes).digest().subarray(0, 16);
export const hash16Under =
  (key: string | Buffer): Hash16 =>
  (bytes) =>
    createHmac('sha256', key).update(bytes).digest().subarray(0, 16);

/** The files of keys that ids of log records follow from. */
export const recordIdKeyFiles = (directory: string): string[] =>
  readdirSync(directory).filter((name) => name.startsWith('records-'));

export const readRecordIdKey = (directory: string, file: string): Buffer =>
  Buffer.from(readFileSync(join(directory, file), 'utf8').trim(), 'hex');

/** What a receiver with this hash names each log record of an export request, and the trace it puts it in. */
export function recordIdsOf(body: Buffer, hash16: Hash16): { traceId: string; spanId: string }[] {
  const { rows } = readRows(body, (bytes, context, into) =>
    readLogs(bytes, { ...context, recordHashes: () => hash16 }, into),
  );
  return rows.map(({ traceId, spanId }) => ({
    traceId,
    spanId: BigInt.asUintN(64, spanId).toString(16).padStart(16, '0'),
  }));
}
