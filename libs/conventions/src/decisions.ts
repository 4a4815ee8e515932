import {
  DECISION_KINDS,
  DISPOSITIONS,
  EFFECTS,
  type Attributes,
  type AttributeValue,
  type Decision,
  type DecisionKind,
  type Disposition,
  type Effect,
  type Span,
} from '#model';
import { toText } from './attribute.ts';

/** What a span says of decisions (docs/instrumenting/decisions.md). Members that say nothing are absent. */
export interface SaidDecisions {
  readonly decisions?: readonly Decision[];
  readonly disposition?: Disposition;
  readonly effect?: Effect;
  /** Something was said in a form that is not taken: a text where a code belongs, an event without an id. */
  readonly isPartlyRefused: boolean;
}

const PREFIX = 'decision.';
const KINDS: ReadonlySet<string> = new Set(DECISION_KINDS);
const LISTS: readonly (readonly [key: string, kind: DecisionKind])[] = [
  ['decision.rules', 'rule'],
  ['decision.exceptions', 'exception'],
  ['decision.precedents', 'precedent'],
];
const MAX_DECISIONS = 64;
/** Ids and codes, no texts: what is said stays when a person is erased. */
const ID = /^[\w.:/@+-]{1,200}$/;
const CODE = /^[\w.:/@+-]{1,100}$/;

/**
 * What a span says of decisions: events `decision.<kind>`, the lists `decision.rules`, `.exceptions` and `.precedents`
 * of `id@version`, and `decision.tool.disposition` and `.effect`. A log record that is such an event says the same.
 * Never throws; at most 64 statements of a span are taken.
 */
export function readDecisions(span: Span): SaidDecisions {
  if (!saysAnything(span)) return NOTHING_SAID;
  const reading = new Reading();
  for (const [key, kind] of LISTS) reading.list(kind, span.attributes.get(key));
  const own = kindOf(span.name);
  if (own !== null) reading.statement(own, span.attributes);
  for (const event of span.events) {
    const kind = kindOf(event.name);
    if (kind !== null) reading.statement(kind, event.attributes);
  }
  const disposition = reading.oneOf(DISPOSITIONS, span.attributes.get('decision.tool.disposition'));
  const effect = reading.oneOf(EFFECTS, span.attributes.get('decision.tool.effect'));
  return {
    ...(reading.decisions.length === 0 ? {} : { decisions: reading.decisions }),
    ...(disposition === null ? {} : { disposition }),
    ...(effect === null ? {} : { effect }),
    isPartlyRefused: reading.isPartlyRefused,
  };
}

const NOTHING_SAID: SaidDecisions = { isPartlyRefused: false };

/** Most spans say nothing. */
function saysAnything({ name, attributes, events }: Span): boolean {
  if (name.startsWith(PREFIX) || events.some((event) => event.name.startsWith(PREFIX))) return true;
  for (const key of attributes.keys()) if (key.startsWith(PREFIX)) return true;
  return false;
}

function kindOf(name: string): DecisionKind | null {
  if (!name.startsWith(PREFIX)) return null;
  const kind = name.slice(PREFIX.length);
  return isKind(kind) ? kind : null;
}

const isKind = (kind: string): kind is DecisionKind => KINDS.has(kind);

class Reading {
  readonly decisions: Decision[] = [];
  isPartlyRefused = false;

  statement(kind: DecisionKind, attributes: Attributes): void {
    const id = this.text(ID, attributes.get('decision.id'));
    if (id === null) {
      this.isPartlyRefused = true;
      return;
    }
    this.add({
      kind,
      id,
      version: this.text(CODE, attributes.get('decision.version')),
      result: this.text(CODE, attributes.get('decision.result')),
      from: this.text(CODE, attributes.get('decision.from')),
      reason: this.text(CODE, attributes.get('decision.reason_code')),
    });
  }

  /** `["EXC-17@5", "HAIL-2"]`, or one such text. */
  list(kind: DecisionKind, value: AttributeValue | undefined): void {
    if (value === undefined || value === null) return;
    for (const item of Array.isArray(value) ? value : [value]) {
      const text = this.text(ID, item);
      const at = text?.lastIndexOf('@') ?? -1;
      const version = text === null || at < 1 ? null : this.text(CODE, text.slice(at + 1));
      if (text === null) this.isPartlyRefused = true;
      else
        this.add({
          kind,
          id: version === null ? text : text.slice(0, at),
          version,
          result: null,
          from: null,
          reason: null,
        });
    }
  }

  oneOf<Word extends string>(words: readonly Word[], value: AttributeValue | undefined): Word | null {
    const text = toText(value);
    const word = words.find((each) => each === text) ?? null;
    if (word === null && text !== null) this.isPartlyRefused = true;
    return word;
  }

  private add(decision: Decision): void {
    if (this.decisions.length < MAX_DECISIONS) this.decisions.push(decision);
    else this.isPartlyRefused = true;
  }

  private text(form: RegExp, value: AttributeValue | undefined): string | null {
    const text = toText(value);
    if (text === null) return null;
    if (form.test(text)) return text;
    this.isPartlyRefused = true;
    return null;
  }
}
