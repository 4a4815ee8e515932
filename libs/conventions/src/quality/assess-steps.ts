import type { SpanAddress, SpanId } from '#model';
import { codeOf } from '../role-reason.ts';
import { emitterOf, type Emitter } from './emitter.ts';
import { findingsOf, type AssessedStep, type FindingCode } from './finding.ts';

/** Spans of one emitter that show one finding, with the first of them. */
export interface FoundInTrace {
  readonly code: FindingCode;
  readonly spans: number;
  readonly spanId: SpanId;
  readonly startedAtUs: bigint;
}

/** What one trace says of one emitter on one UTC day. */
export interface EmitterDay {
  readonly emitter: Emitter;
  readonly emitterId: string;
  readonly day: string;
  /** How often by measure, each above 0; see `assessSteps`. */
  readonly counts: ReadonlyMap<string, number>;
  readonly findings: readonly FoundInTrace[];
}

export interface AssessNames {
  /** The id an emitter is stored under. */
  readonly idOf: (emitter: Emitter) => string;
  /** Who wrote a span of another trace; null where that trace has no step of it yet. */
  readonly emitterAt: (address: SpanAddress) => Emitter | null;
}

/**
 * Counts what was understood of the steps of one trace, by emitter and UTC day of their starts. The measures:
 * `kind:<kind>` and `role:<role>:<reason>` of every step; of leaves `usage:<state>`, `input:<semantics>:<rule>`,
 * `usage_from_other`, `priced` or `unpriced:<reason>`, `unlinked`, `no_response_id`, `no_conversation`; of mirrors
 * `mirror:<id of the other emitter>`; `flag:<flag>`; `found:<finding>`.
 *
 * Pure: the same steps, charges and links give the same counts in the same order, whatever their order.
 */
export function assessSteps(steps: readonly AssessedStep[], names: AssessNames): EmitterDay[] {
  const own = new Map(steps.map(({ step }) => [`${step.traceId} ${step.spanId}`, step]));
  const tallies = new Map<string, Tally>();
  for (const assessed of steps.toSorted(byStart)) {
    const { step } = assessed;
    const emitter = emitterOf(step);
    const day = new Date(Number(step.startedAtNs / 1_000_000n)).toISOString().slice(0, 10);
    const key = JSON.stringify([day, emitter.service, emitter.scope, emitter.scopeVersion, emitter.dialect]);
    let tally = tallies.get(key);
    if (tally === undefined) {
      tally = { emitter, day, counts: new Map(), findings: new Map() };
      tallies.set(key, tally);
    }
    for (const measure of measuresOf(assessed)) add(tally.counts, measure);
    if (step.role === 'mirror' && step.mirrorOf !== null)
      add(tally.counts, `mirror:${otherEmitter(step.mirrorOf, own, names)}`);
    for (const code of findingsOf(assessed)) note(tally, code, assessed);
  }
  return [...tallies.values()]
    .map(({ emitter, day, counts, findings }): EmitterDay => ({
      emitter,
      emitterId: names.idOf(emitter),
      day,
      counts: new Map([...counts].sort(byText)),
      findings: [...findings.values()].sort((a, b) => (a.code < b.code ? -1 : 1)),
    }))
    .sort((a, b) => (a.day + a.emitterId < b.day + b.emitterId ? -1 : 1));
}

interface Tally {
  readonly emitter: Emitter;
  readonly day: string;
  readonly counts: Map<string, number>;
  readonly findings: Map<FindingCode, FoundInTrace>;
}

function* measuresOf({ step, charges, isLinked }: AssessedStep): Iterable<string> {
  yield `kind:${step.kind}`;
  yield `role:${step.role}:${codeOf(step.roleReason)}`;
  for (const flag of step.flags) yield `flag:${flag}`;
  if (step.role !== 'leaf') return;
  yield `usage:${step.usageState}`;
  if (step.usageSemantics !== null) yield `input:${step.usageSemantics.input}:${step.usageSemantics.rule}`;
  if (step.usageFrom !== null) yield 'usage_from_other';
  const unpriced = charges.find((charge) => charge.state === 'unpriced');
  yield unpriced === undefined ? 'priced' : `unpriced:${unpriced.reason}`;
  if (!isLinked) yield 'unlinked';
  if (step.responseId === null) yield 'no_response_id';
  if (step.conversationId === null) yield 'no_conversation';
}

function otherEmitter(
  address: SpanAddress,
  own: ReadonlyMap<string, AssessedStep['step']>,
  names: AssessNames,
): string {
  const step = own.get(`${address.traceId} ${address.spanId}`);
  const emitter = step === undefined ? names.emitterAt(address) : emitterOf(step);
  return emitter === null ? 'unknown' : names.idOf(emitter);
}

function note(tally: Tally, code: FindingCode, { step }: AssessedStep): void {
  add(tally.counts, `found:${code}`);
  const known = tally.findings.get(code);
  tally.findings.set(
    code,
    known === undefined
      ? { code, spans: 1, spanId: step.spanId, startedAtUs: step.startedAtNs / 1000n }
      : { ...known, spans: known.spans + 1 },
  );
}

function add(counts: Map<string, number>, measure: string): void {
  counts.set(measure, (counts.get(measure) ?? 0) + 1);
}

function byStart({ step: a }: AssessedStep, { step: b }: AssessedStep): number {
  if (a.startedAtNs !== b.startedAtNs) return a.startedAtNs < b.startedAtNs ? -1 : 1;
  return a.spanId < b.spanId ? -1 : a.spanId > b.spanId ? 1 : 0;
}

const byText = ([a]: readonly [string, number], [b]: readonly [string, number]): number => (a < b ? -1 : 1);
