import type { Attributes } from '#model';
import { toCount } from './attribute.ts';
import type { Blob, BlobMap } from './blob.ts';
import { asMap } from './blob.ts';
import { KNOWN_USAGE_KEYS, USAGE_PREFIX } from './counts.ts';
import { USAGE_SHAPES } from './provider-shapes.ts';

const FLAG = 'unknown_usage_key';
/** What may stand in a flag, which is counted by its text: no ids, and nothing long. */
const NAME = /^(?!.*\d{3})[\w.-]{1,64}$/;
const NAMES_MAX = 4;

/**
 * Flags usage keys nobody has described, `unknown_usage_key:foo_tokens`: what stands under them never reaches a bucket,
 * and is never lost from sight either.
 */
export function flagUnknownUsageKeys(attributes: Attributes, flags: Set<string>): void {
  const unknown: string[] = [];
  for (const key of attributes.keys()) {
    if (!key.startsWith(USAGE_PREFIX) || KNOWN_USAGE_KEYS.has(key)) continue;
    if (key.startsWith(`${USAGE_PREFIX}details.`) || key.endsWith('_limit')) continue;
    if (typeof toCount(attributes.get(key)) === 'bigint') unknown.push(key.slice(USAGE_PREFIX.length));
  }
  addFlags(unknown, flags);
}

/** Of any shape: LiteLLM, for one, writes the fields of several into one body. */
const KNOWN_PATHS: ReadonlySet<string> = new Set(
  Object.values(USAGE_SHAPES).flatMap(({ rows, outputBeside = [], searches = [] }) => [
    ...rows.flatMap(([, ...paths]) => paths.map((path) => path.join('.'))),
    ...outputBeside,
    ...searches.map((path) => path.join('.')),
  ]),
);
/** Parts of what is counted already, at the price of the whole. */
const PARTS = new Set([
  'text_tokens',
  'accepted_prediction_tokens',
  'rejected_prediction_tokens',
  'prompt_cache_miss_tokens',
  'cache_creation_tokens',
]);
const DEPTH_MAX = 3;

/** The same for the fields of a provider's usage body: counts of tokens, above 0, that no shape describes. */
export function flagUnknownFields(usage: BlobMap, flags: Set<string>): void {
  const unknown: string[] = [];
  const walk = (map: BlobMap, above: string, depth: number): void => {
    for (const [key, value] of Object.entries(map)) {
      const path = above + key;
      const inner = asMap(value);
      if (inner !== null && depth < DEPTH_MAX) walk(inner, `${path}.`, depth + 1);
      else if (/token/i.test(path) && !KNOWN_PATHS.has(path) && !PARTS.has(key) && isCounted(value))
        unknown.push(path);
    }
  };
  walk(usage, '', 1);
  addFlags(unknown, flags);
}

function isCounted(value: Blob): boolean {
  if (typeof value !== 'bigint' && typeof value !== 'number') return false;
  const count = toCount(value);
  return typeof count === 'bigint' && count > 0n;
}

function addFlags(names: readonly string[], flags: Set<string>): void {
  for (const name of names.toSorted().slice(0, NAMES_MAX))
    flags.add(NAME.test(name) ? `${FLAG}:${name}` : FLAG);
}
