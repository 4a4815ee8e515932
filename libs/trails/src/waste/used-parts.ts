import { wordsOf } from '../reading/same-words.ts';
import type { UseLevel } from './trace-reading.ts';

const WORDS_TOGETHER = 8;
/** Shorter texts have too few runs of words; what is typed into them counts instead. */
const FEWEST_WORDS = 20;
/** Part of the runs of words of what was written that a part has to bring (methods.md 4.3). */
const SHARE = 0.1;
const TYPED_TOKENS = 3;
const SHORTEST_WHOLE = 12;
const LONGEST_TEXT = 1 << 20;

/** A text made comparable. */
export interface ComparableText {
  readonly runs: ReadonlySet<string>;
  /** Ids, amounts, dates, quoted strings: what hardly stands in two texts by chance. */
  readonly typed: ReadonlySet<string>;
  /** ` word word `, of a short text; null of others. */
  readonly whole: string | null;
  readonly isTooLong: boolean;
}

const TYPED =
  /"([^"\\]{6,200})"(?!\s*:)|\d{4}-\d\d-\d\d|\d+[.,]\d+|[\p{L}\p{N}_-]*\d[\p{L}\p{N}_-]{2,}|[\p{L}_-]{2,}\d[\p{L}\p{N}_-]*/gu;

export function comparableText(text: string): ComparableText {
  if (text.length > LONGEST_TEXT) return { runs: new Set(), typed: new Set(), whole: null, isTooLong: true };
  const words = wordsOf(text);
  const runs = new Set<string>();
  if (words.length >= FEWEST_WORDS)
    for (let at = 0; at + WORDS_TOGETHER <= words.length; at += 1)
      runs.add(words.slice(at, at + WORDS_TOGETHER).join(' '));
  const typed = new Set([...text.matchAll(TYPED)].map(([found, quoted]) => (quoted ?? found).toLowerCase()));
  const whole = words.length < FEWEST_WORDS ? ` ${words.join(' ')} ` : null;
  return { runs, typed, whole, isTooLong: false };
}

/**
 * Which parts of a prompt were used in what was written, by words and ids that stand in no earlier part: what is carried
 * along again proves nothing.
 *
 * @param parts in the order of the prompt
 * @param written everything the call wrote: its answer and the arguments of the tools it asked for
 * @returns one level a part
 */
export function useOfParts(
  parts: readonly ComparableText[],
  written: ComparableText,
  text: string,
): UseLevel[] {
  const seenRuns = new Set<string>();
  const seenTyped = new Set<string>();
  const writtenWords = ` ${wordsOf(text).join(' ')} `;
  return parts.map((part): UseLevel => {
    if (part.isTooLong || written.isTooLong) return 1;
    const runs = sharedBy(part.runs, written.runs);
    const typed = sharedBy(part.typed, written.typed);
    const newRuns = addNew(runs, seenRuns);
    const newTyped = addNew(typed, seenTyped);
    const isWhole =
      part.whole !== null && part.whole.length >= SHORTEST_WHOLE && writtenWords.includes(part.whole);
    const needed = Math.min(TYPED_TOKENS, written.typed.size);
    if (newRuns > 0 && newRuns >= SHARE * written.runs.size) return 2;
    if (needed > 0 && newTyped >= needed) return 2;
    if (isWhole) return 2;
    return runs.length > 0 || typed.length > 0 ? 1 : 0;
  });
}

const sharedBy = (part: ReadonlySet<string>, written: ReadonlySet<string>): string[] =>
  [...written].filter((each) => part.has(each));

function addNew(shared: readonly string[], seen: Set<string>): number {
  const before = seen.size;
  for (const each of shared) seen.add(each);
  return seen.size - before;
}
