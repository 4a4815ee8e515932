import type { AttributeValue, ItemEdit } from '#model';
import type { Blob } from '../blob.ts';
import { parseBlob, toBlob } from '../blob.ts';
import { contentRule, eventContentRule, isContentBody } from './content-rules.ts';
import type { ContentRule } from './content-rules.ts';

/** Stands where content stood. */
export const CUT = '[cut]';

/** What counts as no content: nothing is taken away where nothing was said. */
const EMPTY = /^\s*(?:\[\s*\]|\{\s*\}|null|""|\[\[\s*\]\])?\s*$/;

/**
 * The value of a content attribute without what was said: `[cut]`, or, where the structure is a fact of its own, the
 * same structure with its texts cut, its usage and its models kept. Whoever reads the step reads the same as before
 * (held over all acceptance cases).
 *
 * Idempotent. @returns the value itself where there is nothing to cut
 */
export function cutContent(value: AttributeValue, rule: ContentRule): AttributeValue {
  if (value === null || value === CUT || isEmpty(value)) return value;
  if (!rule.isStructure) return CUT;
  const blob = typeof value === 'string' ? parseBlob(value) : toBlob(value);
  if (typeof blob !== 'object' || blob === null) return typeof value === 'string' ? answersIn(value) : CUT;
  const bare = reduce(blob, '', false);
  return typeof value === 'string' ? writeJson(bare) : bare;
}

function isEmpty(value: AttributeValue): boolean {
  if (typeof value === 'string') return value.length <= 64 && EMPTY.test(value);
  return Array.isArray(value) && value.length === 0;
}

const ANSWER_ID = /^(?:resp_|chatcmpl-|msg_)[\w-]{8,200}$/;
const ANSWER_IDS = /(?<!\\)"id":\s?"((?:resp_|chatcmpl-|msg_)[\w-]{8,200})"/g;

/** The provider's ids of the answers in a text that is no JSON (a stream as it came); they join witnesses of a call. */
function answersIn(text: string): string {
  const ids = new Set([...text.matchAll(ANSWER_IDS)].map((match) => match[1]!));
  return ids.size === 0 ? CUT : JSON.stringify([...ids].map((id) => ({ id })));
}

/** Members that are read for what a call was and cost; never what was said. */
const FILED =
  /^(?:model|model_?name|model_?version|model_?id|type|role|object|finish_?reason|stop_?reason|service_?tier|modality)$/i;
const FILED_LENGTH_MAX = 128;
const COUNTED = /usage|token|cost|billed_units|^meta$/i;

function reduce(value: Blob, key: string, isCounted: boolean): Blob {
  if (value === null) return null;
  if (typeof value === 'string') {
    if (value === CUT || value === '' || (key === 'id' && ANSWER_ID.test(value))) return value;
    return isPlainWord(value) && (FILED.test(key) || isCounted) ? value : CUT;
  }
  if (typeof value !== 'object') return isCounted || typeof value === 'boolean' ? value : null;
  if (Array.isArray(value)) return value.map((item) => reduce(item, key, isCounted));
  const members = Object.entries(value);
  return Object.fromEntries(
    members.map(([name, item]) => [name, reduce(item, name, isCounted || COUNTED.test(name))]),
  );
}

/** Names of models, tiers and reasons have no spaces; sentences do. */
const isPlainWord = (text: string): boolean => text.length <= FILED_LENGTH_MAX && /^[\w.:/@+-]*$/.test(text);

/** JSON with all digits of integers. */
function writeJson(value: Blob): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${writeJson(item)}`);
  return `{${members.join(',')}}`;
}

const ruleOf = (event: string | null, key: string): ContentRule | null =>
  event === null ? contentRule(key) : eventContentRule(event, key);

/** Cuts the content of a span or log record, by the list that `readContent` reads it with. */
export const CUT_CONTENT: ItemEdit = {
  concerns: (event, key) => ruleOf(event, key) !== null,
  attribute: (event, key, value) => {
    const rule = ruleOf(event, key);
    return rule === null ? value : cutContent(value, rule);
  },
  status: () => CUT,
  body: (event, value) => (isContentBody(event, value) ? cutContent(value, WHOLE) : value),
};

const WHOLE: ContentRule = { place: 'other', isStructure: false };
