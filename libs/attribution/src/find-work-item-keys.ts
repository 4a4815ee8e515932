import type { Attributes, AttributeValue, ContentPart, EvidenceTier, Span, WorkItemKey } from '#model';
import { hasRightCheckDigit } from './check-digit.ts';
import type { ContentKey, ToolKey } from './link-rules.ts';
import { argumentValues } from './tool-argument.ts';

/**
 * Where a work item key stands in a span. `kind` is fixed, or read from another attribute of the same
 * attribute set (`kindAttribute`). Mappings of a name are dated versions; the caller passes those in force.
 */
export interface KeyMapping {
  readonly name: string;
  readonly version: number;
  readonly attribute: string;
  readonly kind: string | null;
  readonly kindAttribute: string | null;
  readonly tier: EvidenceTier;
}

/** Everything in force that finds keys. */
export interface KeyRules {
  readonly keyMappings: readonly KeyMapping[];
  readonly toolKeys: readonly ToolKey[];
  readonly contentKeys: readonly ContentKey[];
}

const KIND = /^[a-z][a-z0-9_]{0,62}$/;
const MAX_KEY_LENGTH = 512;
/** A list of more items than this names none of them (methods 1.1). */
const MAX_FAN_OUT = 5;
/** Characters of one piece of content that are searched; what follows is not. */
const MAX_SEARCHED = 64 * 1024;

/**
 * Work items a span names, by the key mappings: in its attributes (its own, which include baggage copied to it, come
 * before those of its resource: when the span names any, the resource is not asked), in the arguments of tool calls,
 * and in any other content.
 *
 * @param readContent the span's content; asked for only when a rule looks into content
 * @returns one entry per key and way it was found, sorted by kind, key, tier and mapping; empty when nothing is named.
 *   A value that is no usable key (empty, too long, not a string or integer) names nothing; so does a read that lists
 *   more than 5 items.
 */
export function findWorkItemKeys(
  span: Span,
  rules: KeyRules,
  readContent: () => readonly ContentPart[],
): WorkItemKey[] {
  const own = keysIn(span.attributes, rules.keyMappings, 'span');
  const declared = own.length > 0 ? own : keysIn(span.resource.attributes, rules.keyMappings, 'resource');
  if (rules.toolKeys.length === 0 && rules.contentKeys.length === 0) return sorted(declared);
  const content = readContent();
  return sorted([
    ...declared,
    ...keysInArguments(content, rules.toolKeys),
    ...keysInText(content, rules.contentKeys),
  ]);
}

function keysIn(attributes: Attributes, mappings: readonly KeyMapping[], place: string): WorkItemKey[] {
  let found: Map<string, WorkItemKey> | null = null;
  for (const mapping of mappings) {
    const value = attributes.get(mapping.attribute);
    const key = value === undefined ? null : keyText(value);
    if (key === null) continue;
    const kind = mapping.kind ?? keyText(attributes.get(mapping.kindAttribute ?? ''))?.toLowerCase() ?? '';
    if (!KIND.test(kind)) continue;
    const id = `${kind}:${key}`;
    found ??= new Map();
    if (!found.has(id)) {
      found.set(id, {
        kind,
        key,
        tier: mapping.tier,
        mapping: `${mapping.name}@${mapping.version}/${place}`,
      });
    }
  }
  return found === null ? [] : [...found.values()];
}

/** Keys found only in what a tool returned are none of these: they are text (tier E5). */
function keysInArguments(content: readonly ContentPart[], toolKeys: readonly ToolKey[]): WorkItemKey[] {
  return content.flatMap((part) => {
    if (part.place !== 'tool_arguments') return [];
    return toolKeys
      .filter(({ tool }) => tool === part.tool)
      .flatMap((rule) => {
        const keys = new Set(
          argumentValues(part.value, rule.path).flatMap((value) => keyText(integer(value)) ?? []),
        );
        if (rule.access === 'read' && keys.size > MAX_FAN_OUT) return [];
        const mapping = `${rule.name}@${rule.version}/tool:${rule.access}`;
        return [...keys].map((key): WorkItemKey => ({ kind: rule.kind, key, tier: 'E4', mapping }));
      });
  });
}

/** JSON knows no integers; one that a double cannot hold is another number by now and names nothing. */
const integer = (value: AttributeValue): AttributeValue =>
  typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;

function keysInText(content: readonly ContentPart[], contentKeys: readonly ContentKey[]): WorkItemKey[] {
  return content.flatMap((part) => {
    const text = searchedText(part.value);
    return contentKeys.flatMap(({ name, version, pattern, kind, checkDigit }) => {
      const keys = pattern
        .find(text, MAX_SEARCHED)
        .filter((key) => checkDigit === null || hasRightCheckDigit(key, checkDigit));
      if (keys.length > MAX_FAN_OUT) return [];
      const mapping = `${name}@${version}/${part.place}`;
      return keys.map((key): WorkItemKey => ({ kind, key, tier: 'E5', mapping }));
    });
  });
}

function searchedText(value: AttributeValue): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, plain) ?? '');
  return text.slice(0, MAX_SEARCHED);
}

const plain = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value instanceof Uint8Array ? '' : value;

function sorted(keys: WorkItemKey[]): WorkItemKey[] {
  if (keys.length < 2) return keys;
  const distinct = new Map(keys.map((key) => [sortKey(key), key]));
  return [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
}

const sortKey = ({ kind, key, tier, mapping }: WorkItemKey): string => `${kind}:${key}\n${tier}\n${mapping}`;

/** Text of a key or number attribute; null when it names nothing. */
export function keyText(value: AttributeValue | undefined): string | null {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' || text.length > MAX_KEY_LENGTH || !text.isWellFormed() || text.includes('\0')
    ? null
    : text;
}
