import { formatPico } from '#model';
import { NO_ATTEMPT, type CostedAttemptPart, type JudgedRun, type WasteFindingRow } from '#store';
import { WASTE_RULES } from '#trails';
import { z } from 'zod';
import { Money } from '../wire.ts';

const SpanIds = z.array(z.string());

export const WasteFlag = z
  .object({
    traceId: z.string(),
    spanId: z.string().meta({ description: 'The step that is flagged' }),
    attemptId: z.guid(),
    rule: z.string(),
    name: z.string(),
    state: z.enum(['proven', 'suspected']),
    reason: z.string().meta({ description: 'A code of docs/waste.md' }),
    because: SpanIds.meta({ description: 'Spans of the same trace that show it' }),
    costOf: SpanIds.meta({ description: 'Spans whose cost it is about' }),
    foundUsd: Money.nullable().meta({
      description: 'What a fix would have saved if no other rule said anything; null: the cost is not known',
    }),
    costUsd: Money.meta({ description: 'What it takes of the cost of the run: each pico once' }),
  })
  .meta({ id: 'WasteFlag' });

const RunVerdictView = z
  .object({
    attemptId: z.guid(),
    traceId: z.string(),
    placement: z.string(),
    isFailed: z
      .boolean()
      .meta({ description: 'It bought nothing: all of it is failedRunCostUsd in reports' }),
    isJudged: z.boolean().meta({ description: 'false: posted a moment ago, and judged a moment later' }),
    costUsd: Money,
    essentialCostUsd: Money.nullable(),
    wasteCostUsd: Money.nullable(),
    unprovenCostUsd: Money.nullable(),
    withContentUsd: Money.nullable(),
    billedInputTokens: z.string().nullable(),
    uniqueInputTokens: z.string().nullable(),
    cacheReadTokens: z.string().nullable(),
    essentialSpans: SpanIds.meta({ description: 'The backward slice, sorted' }),
    rules: z.string().nullable().meta({ description: 'Version of the rules' }),
  })
  .meta({ id: 'RunVerdict' });

export const WorkItemWaste = z
  .object({
    kind: z.string(),
    key: z.string(),
    runs: z.array(RunVerdictView).meta({ description: 'Attempts by trace, in time' }),
    flags: z.array(WasteFlag).meta({ description: 'In time of their steps' }),
  })
  .meta({ id: 'WorkItemWaste' });

const NAMES = new Map<string, string>(WASTE_RULES.map(({ id, name }) => [id, name]));

/** What rules say of the runs and steps of a work item, for its trail. Pure. */
export function toWorkItemWaste(
  kind: string,
  key: string,
  parts: readonly CostedAttemptPart[],
  {
    runs,
    findings,
  }: { runs: readonly JudgedRun[]; findings: readonly Omit<WasteFindingRow, 'startedAtUs'>[] },
): z.infer<typeof WorkItemWaste> {
  const keyOf = ({ traceId, attemptId }: { traceId: string; attemptId: string }): string =>
    `${traceId} ${attemptId}`;
  const judged = new Map(runs.map((run) => [keyOf(run), run]));
  const verdicts = parts.map((part) => {
    const found = judged.get(keyOf(part));
    return { part, run: found?.totalPico === part.costPico ? found : undefined };
  });
  const own = new Set(verdicts.filter(({ run }) => run !== undefined).map(({ part }) => keyOf(part)));
  return {
    kind,
    key,
    runs: verdicts.map(({ part, run }) => toVerdict(part, run)),
    flags: findings
      .filter((finding) => finding.attemptId !== NO_ATTEMPT && own.has(keyOf(finding)))
      .map((finding) => ({
        traceId: finding.traceId,
        spanId: finding.spanId,
        attemptId: finding.attemptId,
        rule: finding.rule,
        name: NAMES.get(finding.rule) ?? finding.rule,
        state: finding.state === 'proven' ? ('proven' as const) : ('suspected' as const),
        reason: finding.reason,
        because: [...finding.because],
        costOf: [...finding.costOf],
        foundUsd: finding.foundPico === null ? null : formatPico(finding.foundPico),
        costUsd: formatPico(finding.wastePico),
      })),
  };
}

function toVerdict(part: CostedAttemptPart, run: JudgedRun | undefined): z.infer<typeof RunVerdictView> {
  return {
    attemptId: part.attemptId,
    traceId: part.traceId,
    placement: part.placement,
    isFailed: part.placement.startsWith('waste:'),
    isJudged: run !== undefined,
    costUsd: formatPico(part.costPico),
    ...(run === undefined ? NOT_JUDGED : judgedFigures(run)),
  };
}

const NOT_JUDGED = {
  essentialCostUsd: null,
  wasteCostUsd: null,
  unprovenCostUsd: null,
  withContentUsd: null,
  billedInputTokens: null,
  uniqueInputTokens: null,
  cacheReadTokens: null,
  essentialSpans: [],
  rules: null,
};

const judgedFigures = (run: JudgedRun) => ({
  essentialCostUsd: formatPico(run.essentialPico),
  wasteCostUsd: formatPico(run.wastePico),
  unprovenCostUsd: formatPico(run.totalPico - run.essentialPico - run.wastePico),
  withContentUsd: formatPico(run.withContentPico),
  billedInputTokens: run.billedInputTokens.toString(),
  uniqueInputTokens: run.uniqueInputTokens.toString(),
  cacheReadTokens: run.cacheReadTokens.toString(),
  essentialSpans: [...run.essentialSpans],
  rules: run.rules,
});
