/**
 * Evidence tiers of methods.md 1.1: E1 the event or span names the item, E2 baggage, E3 conversation,
 * E4 tool arguments, E5 found in content.
 */
export type EvidenceTier = 'E1' | 'E2' | 'E3' | 'E4' | 'E5';

/** A work item named by a span, and the key mapping that found it. */
export interface WorkItemKey {
  readonly kind: string;
  readonly key: string;
  readonly tier: EvidenceTier;
  /** `name@version/place` of the key mapping: where in the span the key stood. */
  readonly mapping: string;
}

/**
 * The distribution key of everything that is about a business key: `kind:tenant:key` (schema, group R).
 * Work items use their kind; conversations, provider responses and requests, running totals of agents, runs and traces
 * that outcome events name, and customers use reserved kinds.
 */
export type Ref = string;

export const RESERVED_REF_KINDS = [
  'conversation',
  'response',
  'request',
  'prompt',
  'running_total',
  'run',
  'trace',
  'customer',
] as const;

export function toRef(kind: string, tenantId: bigint, key: string): Ref {
  return `${kind}:${tenantId}:${key}`;
}

/** @returns the parts of a ref; the key may itself contain colons. */
export function parseRef(ref: Ref): { kind: string; tenantId: bigint; key: string } {
  const first = ref.indexOf(':');
  const second = ref.indexOf(':', first + 1);
  if (first < 1 || second < 0) throw new RangeError(`not a ref: ${ref}`);
  return {
    kind: ref.slice(0, first),
    tenantId: BigInt(ref.slice(first + 1, second)),
    key: ref.slice(second + 1),
  };
}
