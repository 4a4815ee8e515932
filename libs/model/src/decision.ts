/**
 * What an agent may say of how it decided (docs/instrumenting/decisions.md): a rule, exception or precedent it applied,
 * a person who overrode it, a hand-off, its verdict, or what it did with a retrieved document.
 */
export const DECISION_KINDS = [
  'rule',
  'exception',
  'precedent',
  'override',
  'handoff',
  'verdict',
  'document',
] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** One statement of that sort. Ids and codes only: what is written out stays content. */
export interface Decision {
  readonly kind: DecisionKind;
  /** Of the rule, exception or precedent; of a document; whom work was handed to; the verdict. */
  readonly id: string;
  /** Of a rule or exception; null = not said. */
  readonly version: string | null;
  /** What came of it: `used` or `ignored` of a document, `met` or `not_met` of a rule, or a code of the agent's own. */
  readonly result: string | null;
  /** Of an override: what stood before. */
  readonly from: string | null;
  /** A code, not a text. */
  readonly reason: string | null;
}

/** What became of a tool call: refusals are recorded too. */
export const DISPOSITIONS = ['executed', 'blocked', 'denied', 'errored', 'timed_out'] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

/** `attempted`: it was sent; `confirmed`: the agent saw that it took effect. Sent is not happened. */
export const EFFECTS = ['attempted', 'confirmed'] as const;
export type Effect = (typeof EFFECTS)[number];
