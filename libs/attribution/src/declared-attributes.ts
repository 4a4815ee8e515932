import type { Span } from '#model';
import { keyText } from './find-work-item-keys.ts';

/** Puts the cost of the spans it matches into an overhead pool instead of a work item. Declared by the tenant. */
export interface OverheadRule {
  readonly pool: string;
  readonly match: {
    readonly source: 'resource' | 'span';
    readonly attribute: string;
    readonly equals: string;
  };
}

/** @returns the pool of the first rule that matches, or null. */
export function overheadPoolOf(span: Span, rules: readonly OverheadRule[]): string | null {
  for (const { pool, match } of rules) {
    const attributes = match.source === 'resource' ? span.resource.attributes : span.attributes;
    if (keyText(attributes.get(match.attribute)) === match.equals) return pool;
  }
  return null;
}

/** @returns the declared dimensions this span carries, its own attributes before its resource's. */
export function dimensionsOf(span: Span, declared: readonly string[]): Record<string, string> {
  const dimensions: Record<string, string> = {};
  for (const name of declared) {
    const value = span.attributes.get(name) ?? span.resource.attributes.get(name);
    const text = typeof value === 'boolean' || typeof value === 'number' ? String(value) : keyText(value);
    if (text !== null) dimensions[name] = text;
  }
  return dimensions;
}

/** The attempt number an agent gives itself (`work_item.attempt`), as text; null when it gives none. */
export const attemptNumberOf = (span: Span): string | null =>
  keyText(span.attributes.get('work_item.attempt'));
