import type { GroupKey } from './log-scan.ts';
import type { Hash16 } from './part-cache.ts';

/** Changing what these words are hashed with makes another record of one that is sent again: never do. */
const RECORD = 'outcome-ledger log record 1';
const TRACE = 'outcome-ledger log trace 1';
const MINUTE_NS = 60_000_000_000n;

const PIECES = ['prompt.id', 'prompt_id', 'turn.id', 'turn_id'] as const satisfies readonly GroupKey[];
const CONVERSATIONS = [
  'gen_ai.conversation.id',
  'session.id',
  'conversation.id',
  'thread.id',
] as const satisfies readonly GroupKey[];

/**
 * The hash that the ids of records of a time follow from, the time as the two 32-bit halves of its nanoseconds. One
 * under a key keeps those who have the ids, and not the key, from confirming what stood in a record that was erased
 * (docs/adr/040). It must be the same for the same time for ever.
 */
export type RecordHashes = (timeHigh: number, timeLow: number) => Hash16;

/**
 * What identifies a log record, which has no id of its own: the first 16 bytes of the hash over the ids of its
 * resource and scope and its own bytes. Two records that agree in all of that are one record.
 */
export function recordHash(hash16: Hash16, resourceId: Buffer, scopeId: Buffer, slice: Uint8Array): Buffer {
  return hash16(Buffer.concat([Buffer.from(RECORD), resourceId, scopeId, slice]));
}

/**
 * The trace of a record that was made outside of any: all records of one prompt or turn, else of one conversation
 * within a minute, so that a session of days is no trace without end; else the record alone.
 *
 * @param recordId `recordHash` of the record
 * @returns 16 bytes
 */
export function traceOfRecord(
  hash16: Hash16,
  groups: ReadonlyMap<GroupKey, string>,
  timeNs: bigint,
  recordId: Buffer,
): Buffer {
  const conversation = firstOf(groups, CONVERSATIONS);
  const piece = firstOf(groups, PIECES);
  if (piece === null && conversation === null) return recordId;
  const within = piece === null ? `minute ${timeNs / MINUTE_NS}` : `piece ${piece}`;
  return hash16(Buffer.from(JSON.stringify([TRACE, conversation, within])));
}

function firstOf(groups: ReadonlyMap<GroupKey, string>, keys: readonly GroupKey[]): string | null {
  for (const key of keys) {
    const value = groups.get(key);
    if (value !== undefined) return value;
  }
  return null;
}
