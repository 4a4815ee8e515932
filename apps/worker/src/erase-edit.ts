import { CUT, CUT_CONTENT, inTexts } from '#conventions';
import type { AttributeValue, ItemEdit } from '#model';
import { patternOf, type Replacement } from '#store';
import { personalMembers } from '#trails';
import { canonicalJson, type CanonicalValue } from '#evidence';

/** Errors are told in sentences by some, and those quote what was said. */
const ERROR_KEYS: ReadonlySet<string> = new Set(['error', 'error.message', 'error.type', 'exception.type']);
const isSentence = (value: AttributeValue): boolean => typeof value === 'string' && /\s/.test(value);

/** Words as they are replaced in texts. */
export type ReplaceText = (text: string) => string;

/** @returns the text with every word replaced where it stands by itself, as `replaceWords` does in the database */
export function replacerOf(words: readonly Replacement[]): ReplaceText {
  const patterns = words.map(({ word, by }) => [new RegExp(patternOf(word), 'g'), by] as const);
  return (text) => patterns.reduce((said, [pattern, by]) => said.replace(pattern, by), text);
}

/** What an erasure leaves of a span: no content, and other words where its own named somebody. */
export function eraseEdit(replace: ReplaceText): ItemEdit {
  return {
    concerns: () => true,
    attribute: (event, key, value) => {
      if (ERROR_KEYS.has(key) && isSentence(value)) return CUT;
      const bare = CUT_CONTENT.concerns(event, key) ? CUT_CONTENT.attribute(event, key, value) : value;
      return inTexts(bare, replace);
    },
    name: replace,
    status: CUT_CONTENT.status,
    body: (event, value) => inTexts(CUT_CONTENT.body(event, value), replace),
  };
}

/** The same for a span whose content is another's: only the words go. */
export function renameEdit(replace: ReplaceText): ItemEdit {
  return {
    concerns: () => true,
    attribute: (_event, _key, value) => inTexts(value, replace),
    name: replace,
    status: replace,
    body: (_event, value) => inTexts(value, replace),
  };
}

/**
 * A step record that names nobody any more: its personal members with the words replaced, and no error told in a
 * sentence. What it commits to stands.
 *
 * @param text canonical JSON @returns canonical JSON
 */
export function eraseRecord(text: string, replace: ReplaceText): string {
  const record: { readonly [member: string]: CanonicalValue } = JSON.parse(text);
  const personal: { readonly [member: string]: CanonicalValue } = JSON.parse(
    replace(canonicalJson({ ...personalMembers(record) })),
  );
  const told = personal['errorType'];
  const errorType = typeof told === 'string' && isSentence(told) ? CUT : told;
  return canonicalJson({ ...record, ...personal, ...(errorType === undefined ? {} : { errorType }) });
}
