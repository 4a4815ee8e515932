import type { AttributeValue, ItemEdit } from '#model';
import type { ContentPolicy } from './content-policy.ts';
import { CUT_CONTENT } from './cut-content.ts';
import {
  compileCustom,
  replaceCards,
  replaceEmails,
  replaceIbans,
  type Replace,
} from './redaction-patterns.ts';

/** Ids are numbers that nobody made up: a card number is not looked for in them, so that they join what they joined. */
const ID_KEY = /(?:^|[._])(?:id|key|hash|uuid)$/i;

/**
 * What a tenant's policy takes out of spans and log records before they are stored.
 *
 * @returns null where it takes nothing out
 */
export function redactionOf(policy: ContentPolicy): ItemEdit | null {
  const { email, card, iban, custom } = policy.patterns;
  const everywhere = chain([...(email ? [replaceEmails] : []), ...custom.map(compileCustom)]);
  const notInIds = chain([...(card ? [replaceCards] : []), ...(iban ? [replaceIbans] : [])]);
  const cuts = policy.content === 'never';
  const hasPatterns = everywhere !== null || notInIds !== null;
  if (!cuts && !hasPatterns) return null;
  const replaceText: Replace = (text) => (notInIds ?? same)((everywhere ?? same)(text));
  return {
    concerns: (event, key) => hasPatterns || CUT_CONTENT.concerns(event, key),
    attribute: (event, key, value) => {
      const left =
        cuts && CUT_CONTENT.concerns(event, key) ? CUT_CONTENT.attribute(event, key, value) : value;
      return hasPatterns ? inTexts(left, ID_KEY.test(key) ? (everywhere ?? same) : replaceText) : left;
    },
    name: replaceText,
    status: (message) => (cuts ? CUT_CONTENT.status(message) : replaceText(message)),
    body: (event, value) => inTexts(cuts ? CUT_CONTENT.body(event, value) : value, replaceText),
  };
}

const same: Replace = (text) => text;

function chain(replaces: readonly Replace[]): Replace | null {
  if (replaces.length === 0) return null;
  return (text) => replaces.reduce((left, replace) => replace(left), text);
}

/** @returns the value itself where nothing in it was replaced */
export function inTexts(value: AttributeValue, replace: Replace): AttributeValue {
  if (typeof value === 'string') return replace(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (isList(value)) {
    const replaced = value.map((item) => inTexts(item, replace));
    return replaced.every((item, index) => item === value[index]) ? value : replaced;
  }
  const members = Object.entries(value);
  const replaced = members.map(([key, item]) => [key, inTexts(item, replace)] as const);
  return replaced.every(([, item], index) => item === members[index]![1])
    ? value
    : Object.fromEntries(replaced);
}

const isList = (
  value: readonly AttributeValue[] | { readonly [key: string]: AttributeValue },
): value is readonly AttributeValue[] => Array.isArray(value);
