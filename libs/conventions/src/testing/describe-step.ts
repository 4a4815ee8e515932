import type { Usage } from '#model';
import { arbitrate } from '../arbitrate.ts';
import { readWithAndWithoutContent } from './cut-span.ts';
import type { ArbitratedStep, LeafCandidate } from '../step-draft.ts';
import type { SpanNote } from './make-span.ts';
import { makeSpan } from './make-span.ts';

const SHORT: Readonly<Record<string, string>> = {
  in_uncached: 'in',
  cache_read: 'cr',
  cache_write_unk: 'cw',
  cache_write_5m: 'cw5',
  cache_write_1h: 'cw1h',
  out_text: 'out',
  reasoning: 'rs',
};

/** @returns "in 5, cr 10, out 2", every bucket and unit that is there; ∅ for an unknown usage. */
export function describeUsage(usage: Usage | null): string {
  if (usage === null) return '∅';
  const counts = Object.entries({ ...usage.tokens, ...usage.units });
  return counts.map(([bucket, count]) => `${SHORT[bucket] ?? bucket} ${count}`).join(', ');
}

/**
 * @returns the whole of what matters for money in one line: kind, role and its reason, usage, its state and the rule
 * that decided, reported cost, extra lines, flags.
 */
export function describeStep(step: ArbitratedStep): string {
  const parts = [
    `${step.kind} ${step.role}(${step.roleReason.split(':', 1)[0]})`,
    describeUsage(step.usage),
    step.usageSemantics
      ? `${step.usageState} ${step.usageSemantics.input} ${step.usageSemantics.rule}`
      : step.usageState,
  ];
  if (step.costReported) parts.push(`cost ${step.costReported.amount} ${step.costReported.source}`);
  for (const extra of step.extraUsage)
    parts.push(
      `+${extra.line}${extra.model === null ? '' : ` ${extra.model}`}: ${describeUsage(extra.usage)}`,
    );
  if (step.untraced) parts.push(`untraced ${describeUsage(step.untraced)}`);
  if (step.flags.length > 0) parts.push(`flags ${step.flags.join(' ')}`);
  return parts.join(' | ');
}

/** @returns the described steps of one trace, by start and span id. */
export function describeTrace(notes: readonly SpanNote[], others: readonly LeafCandidate[] = []): string[] {
  return readTrace(notes, others).map(describeStep);
}

export function readTrace(
  notes: readonly SpanNote[],
  others: readonly LeafCandidate[] = [],
): readonly ArbitratedStep[] {
  return arbitrate(
    notes.map((note) => readWithAndWithoutContent(makeSpan(note))),
    others,
  ).steps;
}
