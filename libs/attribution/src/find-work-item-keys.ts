import type { Attributes, AttributeValue, EvidenceTier, Span, WorkItemKey } from '#model';

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

const KIND = /^[a-z][a-z0-9_]{0,62}$/;
const MAX_KEY_LENGTH = 512;

/**
 * Work items a span names, by the key mappings. The span's own attributes (which include baggage copied to
 * the span) come before those of its resource: when the span names any, the resource is not asked.
 *
 * @returns keys without duplicates, sorted by kind and key; empty when nothing is named. A value that is no
 *   usable key (empty, too long, not a string or integer) names nothing.
 */
export function findWorkItemKeys(span: Span, mappings: readonly KeyMapping[]): WorkItemKey[] {
  const own = keysIn(span.attributes, mappings, 'span');
  return own.length > 0 ? own : keysIn(span.resource.attributes, mappings, 'resource');
}

function keysIn(attributes: Attributes, mappings: readonly KeyMapping[], place: string): WorkItemKey[] {
  if (attributes.size === 0) return [];
  const found = new Map<string, WorkItemKey>();
  for (const mapping of mappings) {
    const key = keyText(attributes.get(mapping.attribute));
    if (key === null) continue;
    const kind = mapping.kind ?? keyText(attributes.get(mapping.kindAttribute ?? ''))?.toLowerCase() ?? '';
    if (!KIND.test(kind)) continue;
    const id = `${kind}:${key}`;
    if (!found.has(id)) {
      found.set(id, {
        kind,
        key,
        tier: mapping.tier,
        mapping: `${mapping.name}@${mapping.version}/${place}`,
      });
    }
  }
  return [...found.values()].sort((a, b) => (`${a.kind}:${a.key}` < `${b.kind}:${b.key}` ? -1 : 1));
}

/** Text of a key or number attribute; null when it names nothing. */
export function keyText(value: AttributeValue | undefined): string | null {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' || text.length > MAX_KEY_LENGTH || !text.isWellFormed() || text.includes('\0')
    ? null
    : text;
}
