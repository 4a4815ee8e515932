import type { SpanNote } from './make-span.ts';

/** An acceptance case: its id, the spans of its trace, and what becomes of each, in the words of `describeStep`. */
export type Case = readonly [id: string, notes: readonly SpanNote[], expected: readonly string[]];

/** @returns the counts under the prefix that all OpenTelemetry GenAI usage keys share. */
export function usage(counts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(counts).map(([key, count]) => [`gen_ai.usage.${key}`, count]));
}
