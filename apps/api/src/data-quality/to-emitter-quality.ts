import { describeFinding, describeFlag, describeReasonCode, describeUsageSemantics } from '#conventions';
import type { UsageSemantics } from '#model';
import type { EmitterRow, FindingRow, QualityCount } from '#store';
import { shareOf } from '../reports/cost-row.ts';
import { formatWireTime } from '../wire.ts';
import type { EmitterQuality } from './quality-views.ts';

export interface EmitterFigures {
  readonly emitter: EmitterRow;
  readonly counts: readonly QualityCount[];
  readonly examples: readonly FindingRow[];
  /** Emitters that `mirror:` measures name. */
  readonly others: ReadonlyMap<string, EmitterRow>;
}

const GRAVITY = { action: 0, check: 1, note: 2 } as const;
const INPUTS: readonly UsageSemantics['input'][] = ['inclusive', 'exclusive', 'disjoint', 'ambiguous'];

/** What one emitter's measures say, in the form of the answer. Pure. */
export function toEmitterQuality({ emitter, counts, examples, others }: EmitterFigures): EmitterQuality {
  const measures = new Map(counts.map(({ measure, count }) => [measure, Number(count)]));
  const count = (measure: string): number => measures.get(measure) ?? 0;
  const under = (prefix: string): [string, number][] =>
    [...measures].flatMap(([measure, n]): [string, number][] =>
      measure.startsWith(prefix) ? [[measure.slice(prefix.length), n]] : [],
    );
  const roles = under('role:').map(([name, spans]) => {
    const [role = '', reason = ''] = name.split(':');
    return { role, reason, words: describeReasonCode(reason), spans };
  });
  const ofRole = (role: string): number =>
    roles.reduce((sum, each) => (each.role === role ? sum + each.spans : sum), 0);
  const kinds = under('kind:');
  return {
    emitter: toEmitterView(emitter),
    firstDay: counts.reduce((first, { firstDay }) => (firstDay < first ? firstDay : first), '9999-12-31'),
    lastDay: counts.reduce((last, { lastDay }) => (lastDay > last ? lastDay : last), ''),
    spans: kinds.reduce((sum, [, spans]) => sum + spans, 0),
    kinds: Object.fromEntries(kinds),
    roles: {
      leaf: ofRole('leaf'),
      container: ofRole('container'),
      mirror: ofRole('mirror'),
      none: ofRole('none'),
    },
    roleReasons: roles,
    usage: {
      reported: count('usage:reported'),
      partial: count('usage:partial'),
      missing: count('usage:missing'),
      rejected: count('usage:rejected'),
      zeroReported: count('usage:zero_reported'),
      fromAnotherEmitter: count('usage_from_other'),
    },
    input: under('input:').flatMap(([name, calls]) => toInput(name, calls)),
    mirroredBy: under('mirror:').map(([id, spans]) => {
      const other = others.get(id);
      return { emitter: other === undefined ? null : toEmitterView(other), spans };
    }),
    priced: count('priced'),
    unpriced: under('unpriced:').map(([reason, calls]) => ({ reason, calls })),
    unlinked: count('unlinked'),
    withoutResponseId: count('no_response_id'),
    withoutConversation: count('no_conversation'),
    flags: under('flag:').map(([flag, spans]) => ({ flag, words: describeFlag(flag), spans })),
    findings: toFindings(under('found:'), ofRole('leaf'), examples),
  };
}

export function toEmitterView({ emitterId, service, scope, scopeVersion, dialect }: EmitterRow) {
  return { id: emitterId, service, scope, scopeVersion, dialect };
}

/** `exclusive:A1.6:claude-code` -> the semantics and the rule. */
function toInput(name: string, calls: number): EmitterQuality['input'] {
  const at = name.indexOf(':');
  const input = INPUTS.find((each) => each === name.slice(0, at));
  const rule = name.slice(at + 1);
  if (input === undefined) return [];
  return [{ semantics: input, rule, words: describeUsageSemantics({ input, rule }), calls }];
}

/** A finding of another version of this program has no words here; it stays in the counts of that version only. */
function toFindings(
  found: readonly [string, number][],
  leaves: number,
  examples: readonly FindingRow[],
): EmitterQuality['findings'] {
  return found
    .flatMap(([code, spans]) => {
      const text = describeFinding(code);
      if (text === null) return [];
      return {
        code,
        ...text,
        spans,
        share: spans > leaves ? null : shareOf(BigInt(spans), BigInt(leaves)),
        examples: examples
          .filter((example) => example.code === code)
          .map((example) => ({
            traceId: example.traceId,
            spanId: example.spanId,
            at: formatWireTime(example.startedAtUs),
            spansInTrace: example.spans,
          })),
      };
    })
    .sort(
      (a, b) => GRAVITY[a.severity] - GRAVITY[b.severity] || b.spans - a.spans || (a.code < b.code ? -1 : 1),
    );
}
