import { costPerOutcomeInterval, type ItemMoments } from '#economics';
import { formatPico, RejectedInput } from '#model';
import type { Client } from '#store';
import { z } from 'zod';
import type { ReportContext } from '../reports/ask-report.ts';
import { ReportQuery } from '../reports/report-query.ts';
import { shareOf } from '../reports/cost-row.ts';
import { Money, Ratio } from '../wire.ts';
import { economicsReport, economicsReportSchema, OutcomeHead } from './economics-report.ts';
import { CostIntervalView, showInterval } from './interval-view.ts';
import { baselineOf, recordedBaselines } from './recorded-baselines.ts';

export const OverTimeQuery = ReportQuery.extend({
  bucket: z
    .enum(['day', 'week', 'month'])
    .default('day')
    .meta({ description: 'Length of a bucket, UTC: 2026-10-05 (a day, or the Monday of a week) or 2026-10' }),
  group_by: ReportQuery.shape.group_by.unwrap().default('workflow,outcome_type'),
});

const OverTimeFigures = z.object({
  interval: CostIntervalView.nullable().meta({ description: '95 % of costPerOutcomeUsd' }),
  loadedInterval: CostIntervalView.nullable().meta({ description: '95 % of loadedCostPerOutcomeUsd' }),
  maturity: Ratio.nullable().meta({
    description: 'Share of the items of the bucket whose state is final; below 1 the figures will still move',
  }),
  baseline: z
    .object({ name: z.string(), version: z.int(), costPerOutcomeUsd: Money, isAssumed: z.boolean() })
    .nullable()
    .meta({ description: 'The cheapest one of the outcome type; compare loadedCostPerOutcomeUsd with it' }),
});

export const OverTimeRow = z
  .object({ ...OutcomeHead.shape, ...OverTimeFigures.shape })
  .meta({ id: 'OverTimeRow' });
export const OverTimeReport = economicsReportSchema('over-time', OverTimeRow).meta({ id: 'OverTimeReport' });
export type OverTimeReport = z.infer<typeof OverTimeReport>;

const TIMES = ['day', 'week', 'month'];

/**
 * Cost per outcome by bucket of time, by workflow and outcome type unless other keys are asked for: settled items by
 * the time they became final, a cohort by its first attempts. Items that are final in no bucket yet stand in a row
 * whose bucket is null.
 */
export function overTimeReport(
  client: Client,
  { bucket, ...query }: z.infer<typeof OverTimeQuery>,
  context: ReportContext,
): Promise<OverTimeReport> {
  const keys = query.group_by.split(',').flatMap((key) => (key.trim() === '' ? [] : [key.trim()]));
  if (keys.some((key) => TIMES.includes(key)))
    throw new RejectedInput('unprocessable', 'takes the length of time from bucket', 'group_by');
  const byBucket = { ...query, group_by: [...keys, bucket].join(',') };
  return economicsReport(client, byBucket, context, {
    name: 'over-time',
    formula:
      'methods 2.8: cost per outcome; 3.2 (ADR 025): intervals; by time of the final state or first attempt',
    hasIntervals: true,
    read: async ({ asked, momentsOf }) => {
      const baselines = await recordedBaselines(client, context.tenantId, asked);
      return (group, head) => {
        const { moments, settledTypes } = momentsOf(group);
        const baseline = baselineOf(baselines, settledTypes);
        return {
          interval: boundsOf(moments?.calls, head.bound === undefined),
          loadedInterval: boundsOf(
            moments?.loaded,
            head.bound === undefined && head.loadedGrade !== 'incomplete',
          ),
          maturity: maturityOf(head),
          baseline: baseline && {
            name: baseline.name,
            version: baseline.version,
            costPerOutcomeUsd: formatPico(baseline.costPico),
            isAssumed: baseline.method === 'other',
          },
        };
      };
    },
  });
}

function boundsOf(
  moments: ItemMoments | undefined,
  isComplete: boolean,
): z.infer<typeof CostIntervalView> | null {
  const interval = moments === undefined || !isComplete ? null : costPerOutcomeInterval(moments);
  return interval && showInterval(interval);
}

/** Part of the items whose state is final; null without items. */
const maturityOf = ({ workItems, pending }: OutcomeHead): string | null =>
  shareOf(BigInt(workItems), BigInt(workItems + (pending?.items ?? 0)));
