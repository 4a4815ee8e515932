import {
  costPerOutcomeInterval,
  decide,
  priceHeadroom,
  type BoundedCost,
  type CostInterval,
} from '#economics';
import { formatPico } from '#model';
import type { Client } from '#store';
import { z } from 'zod';
import type { ReportContext } from '../reports/ask-report.ts';
import { Money, Ratio } from '../wire.ts';
import { economicsReport, economicsReportSchema, knownShareOf, OutcomeHead } from './economics-report.ts';
import { CostIntervalView, decimalText, showInterval } from './interval-view.ts';
import { costOfHead, isComplete, picoOf, sentenceOfAll } from './outcome-sentence.ts';
import { QualityAdjusted, qualityAdjusted, type BaselineQuery } from './quality-adjusted.ts';
import { baselineOf, recordedBaselines, type RecordedBaseline } from './recorded-baselines.ts';

const BaselineFigures = z.object({
  interval: CostIntervalView.nullable().meta({ description: '95 % of loadedCostPerOutcomeUsd' }),
  baseline: z
    .object({
      name: z.string(),
      version: z.int(),
      method: z.string(),
      costPerOutcomeUsd: Money,
      source: z.string(),
      isAssumed: z
        .boolean()
        .meta({ description: 'Neither a contract nor counted minutes: it decides nothing' }),
    })
    .nullable(),
  savingPerOutcomeUsd: Money.nullable().meta({
    description: 'Baseline less loaded cost; below 0 the agent is dearer',
  }),
  priceHeadroom: Ratio.nullable().meta({
    description: 'How many times dearer calls may become before the agent costs as much as the baseline',
  }),
  qualityAdjusted: QualityAdjusted.nullable().meta({
    description: 'null: no baseline, no items, or part of the cost is unknown',
  }),
  decision: z.object({
    verdict: z.enum(['need_data', 'fix_first', 'keep_baseline', 'replace_baseline', 'hold']),
    missing: z.array(z.string()),
    itemsToDecide: z
      .int()
      .nullable()
      .meta({ description: 'Items that would tell them apart, if the figures stay' }),
  }),
  sentence: z
    .string()
    .nullable()
    .meta({ description: 'null: no cost per outcome is known, or of several types' }),
});

export const BaselineRow = z
  .object({ ...OutcomeHead.shape, ...BaselineFigures.shape })
  .meta({ id: 'BaselineRow' });
export const BaselineReport = economicsReportSchema('baseline', BaselineRow).meta({ id: 'BaselineReport' });
export type BaselineReport = z.infer<typeof BaselineReport>;

/** What an outcome costs with the agent, everything included, against what it costs otherwise (methods.md 7, 12). */
export const baselineReport = (
  client: Client,
  query: BaselineQuery,
  context: ReportContext,
): Promise<BaselineReport> =>
  economicsReport(client, query, context, {
    name: 'baseline',
    formula:
      'methods 7.2, 7.4: quality-adjusted cost, break-evens, headroom; 12: gates; 3.2 (ADR 025): interval; loaded cost against the recorded baseline',
    hasIntervals: true,
    read: async ({ asked, tied, momentsOf }) => {
      const baselines = await recordedBaselines(client, context.tenantId, asked);
      const isTied = tied.tieOut.reconciliation === 'reconciled';
      return (group, head) => {
        const { moments, settledTypes } = momentsOf(group);
        const interval =
          moments === null || !isComplete(head) ? null : costPerOutcomeInterval(moments.loaded);
        const baseline = baselineOf(baselines, settledTypes);
        return {
          ...figuresOf(head, interval, settledTypes, baseline, isTied),
          qualityAdjusted: qualityAdjusted(head, baseline?.costPico ?? null, query),
        };
      };
    },
  });

function figuresOf(
  head: OutcomeHead,
  interval: CostInterval | null,
  outcomeTypes: readonly string[],
  baseline: RecordedBaseline | null,
  isTied: boolean,
): Omit<z.infer<typeof BaselineFigures>, 'qualityAdjusted'> {
  const loadedPico = picoOf(head.loadedCostPerOutcomeUsd);
  const savingPico = baseline === null || loadedPico === null ? null : baseline.costPico - loadedPico;
  const agent = { estimatePico: loadedPico ?? 0n, interval };
  const compared = baseline && { ...baseline, isAssumed: baseline.method === 'other' };
  return {
    interval: interval && showInterval(interval),
    baseline: compared && baselineView(compared),
    savingPerOutcomeUsd: savingPico === null ? null : formatPico(savingPico),
    priceHeadroom: headroomText(savingPico, picoOf(head.costPerOutcomeUsd)),
    decision: decisionView(head, agent, compared, isTied),
    sentence:
      loadedPico === null
        ? null
        : sentenceOfAll(costOfHead(head, interval), {
            population: null,
            outcomeTypes,
            baseline: compared,
            search: null,
          }),
  };
}

type Compared = RecordedBaseline & { readonly isAssumed: boolean };

const baselineView = ({ name, version, method, costPico, source, isAssumed }: Compared) => ({
  name,
  version,
  method,
  costPerOutcomeUsd: formatPico(costPico),
  source,
  isAssumed,
});

function decisionView(
  head: OutcomeHead,
  agent: BoundedCost,
  baseline: Compared | null,
  isTied: boolean,
): z.infer<typeof BaselineFigures>['decision'] {
  const outcomes = head.outcomes ?? 0;
  const decision = decide({
    successes: outcomes,
    failures: head.workItems - outcomes,
    linkCoverage: Number(head.linkCoverage ?? 0),
    known: knownShareOf(head),
    reconciliation: isTied ? 'tied' : 'not_reconciled',
    agent,
    baseline: baseline && { estimatePico: baseline.costPico, interval: null, isAssumed: baseline.isAssumed },
    yearlyCases: null,
    breakEvenCases: null,
    afterExactFixes: null,
  });
  return {
    verdict: decision.verdict,
    missing: decision.verdict === 'need_data' ? [...decision.missing] : [],
    itemsToDecide: decision.verdict === 'hold' ? decision.itemsToDecide : null,
  };
}

function headroomText(savingPico: bigint | null, callsPico: bigint | null): string | null {
  const headroom = savingPico === null || callsPico === null ? null : priceHeadroom(savingPico, callsPico);
  return headroom === null ? null : decimalText(headroom);
}
