import { inTime, retriesOf } from '../fold/retries.ts';
import type { StepEntry, Trail } from '../fold/fold-trail.ts';
import { textOf, type ContentFact, type ContentFacts, type Redaction } from './content-fact.ts';
import { parseMessages } from './parse-messages.ts';
import { readUse, type DocumentUse } from './read-use.ts';
import { seenBy, type SeenMessage } from './read-seen.ts';
import type { SpokenStep } from './spoken-step.ts';

/** A class of content of a step: opened, with its text where that was asked for, or redacted. */
export type PartReading =
  | { readonly part: string; readonly mediaType: string; readonly characters: number; readonly text?: string }
  | { readonly part: string; readonly redacted: Redaction };

/** What can be read of one step beside its record: from names and content, which may be erased. */
export type EntryReading = {
  readonly n: number;
  readonly name: string | null;
  readonly error: string | null;
  readonly content: readonly PartReading[];
  /** Of a model call: the messages in its context, each with the entry it comes from; null = not recorded. */
  readonly seen: readonly SeenMessage[] | null;
  /** Of a model call: the tools it could have called; null = not recorded. */
  readonly available: readonly string[] | null;
  /** Of a retrieval: each document; null = not recorded. */
  readonly documents: readonly DocumentUse[] | null;
  /** Of a retry: whether it asked the same again; null = of no retry. */
  readonly asked: 'same' | 'changed' | 'unknown' | null;
};

/**
 * What a trail's names and content add to its replay: what each model call saw and where that came from, which
 * retrieved documents were used, which tools there were, what a retry asked. Pure.
 *
 * @param withText the texts themselves, too
 */
export function readTrailContent(trail: Trail, contents: ContentFacts, withText: boolean): EntryReading[] {
  const retries = retriesOf(trail);
  const steps = inTime(trail.entries).map((entry) => toSpoken(entry, contents));
  const byEntry = new Map(steps.map((step) => [step.entry, step]));
  return trail.entries.flatMap((entry): EntryReading[] => {
    if (entry.type !== 'step') return [];
    const spoken = byEntry.get(entry)!;
    const { kind, name, errorType } = entry.fact.step;
    const retried = retries.get(entry);
    return [
      {
        n: entry.n,
        name: name ?? null,
        error: errorType ?? null,
        content: spoken.parts.map((part) => toPart(part, withText)),
        seen: kind === 'model_call' ? seenBy(spoken, steps) : null,
        available: kind === 'model_call' ? toolNames(spoken.parts) : null,
        documents: kind === 'retrieval' ? readUse(spoken, steps) : null,
        asked: retried === undefined ? null : compareAsked(byEntry.get(retried.of)!, spoken),
      },
    ];
  });
}

function toSpoken(entry: StepEntry, contents: ContentFacts): SpokenStep {
  const { traceId, spanId } = entry.fact.step;
  const parts = contents.of(traceId, spanId);
  const messages = (part: string) => {
    const text = textOf(parts, part);
    return text === null ? null : parseMessages(text);
  };
  return { entry, parts, input: messages('input.messages'), output: messages('output.messages') };
}

function toPart(part: ContentFact, withText: boolean): PartReading {
  if ('redacted' in part) return part;
  const { mediaType, text } = part;
  return { part: part.part, mediaType, characters: text.length, ...(withText ? { text } : {}) };
}

function toolNames(parts: readonly ContentFact[]): string[] | null {
  const text = textOf(parts, 'tool.definitions');
  if (text === null) return null;
  const found = [...text.matchAll(/"name"\s*:\s*"([^"\\]{1,200})"/g)].map((match) => match[1]!);
  return [...new Set(found)].sort();
}

/** What was asked of a tool are its arguments, of a model its messages. */
function compareAsked(before: SpokenStep, after: SpokenStep): 'same' | 'changed' | 'unknown' {
  const part = after.entry.fact.step.kind === 'tool_call' ? 'tool.arguments' : 'input.messages';
  const asked = [before, after].map(({ parts }) => textOf(parts, part));
  if (asked[0] === null || asked[1] === null) return 'unknown';
  return sameJson(asked[0]!, asked[1]!) ? 'same' : 'changed';
}

/** Whether two texts are the same, or the same JSON written in another order. */
export function sameJson(a: string, b: string): boolean {
  return a === b || sorted(a) === sorted(b);
}

function sorted(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)))
        : value,
    );
  } catch {
    return text;
  }
}
