import { costPerOutcomeInterval } from '#economics';
import type { Client } from '#store';
import { z } from 'zod';
import type { ReportContext } from '../reports/ask-report.ts';
import type { RowGroup } from '../reports/finish-report.ts';
import type { ReportQuery } from '../reports/report-query.ts';
import {
  economicsReport,
  economicsReportSchema,
  OutcomeHead,
  type EconomicsReport,
  type OutcomeQuestion,
} from './economics-report.ts';
import { CostIntervalView, showInterval } from './interval-view.ts';
import { costOfHead, isComplete, sentenceOfAll, sentenceOfSegment } from './outcome-sentence.ts';
import { baselineOf, recordedBaselines } from './recorded-baselines.ts';
import { searchSegments, type GroupSegments } from './search-segments.ts';
import {
  SegmentSearchView,
  searchView,
  SegmentView,
  segmentView,
  type SegmentAbout,
} from './segment-views.ts';

const SegmentsFigures = z.object({
  interval: CostIntervalView.nullable().meta({ description: '95 % of loadedCostPerOutcomeUsd' }),
  search: SegmentSearchView.nullable().meta({ description: 'null: the total over groups is not searched' }),
  segments: z.array(SegmentView),
});
export const SegmentsRow = z
  .object({ ...OutcomeHead.shape, ...SegmentsFigures.shape })
  .meta({ id: 'SegmentsRow' });
export const SegmentsReport = economicsReportSchema('segments', SegmentsRow).meta({ id: 'SegmentsReport' });
export type SegmentsReport = z.infer<typeof SegmentsReport>;

const SentenceFigures = z.object({
  interval: CostIntervalView.nullable().meta({ description: '95 % of loadedCostPerOutcomeUsd' }),
  sentence: z.string().nullable().meta({
    description: 'null: its items have several outcome types, or there is none',
  }),
  segments: z.array(
    z.object({
      conditions: SegmentView.shape.conditions,
      sentence: SegmentView.shape.sentence,
      verdict: SegmentView.shape.verdict,
      missing: SegmentView.shape.missing,
      mixedUsd: SegmentView.shape.mixedUsd,
      routedUsd: SegmentView.shape.routedUsd,
    }),
  ),
  unknown: z.array(z.enum(['cost', 'outcome', 'interval', 'baseline', 'segments'])).meta({
    description: 'Slots that are not known, and that the sentence says so of',
  }),
});
export const SentenceRow = z
  .object({ ...OutcomeHead.shape, ...SentenceFigures.shape })
  .meta({ id: 'SentenceRow' });
export const SentenceReport = economicsReportSchema('sentence', SentenceRow).meta({ id: 'SentenceReport' });
export type SentenceReport = z.infer<typeof SentenceReport>;

/** Where the economics break, by what is known of items at their intake (methods.md 6; ADR 029). */
export const segmentsReport = (
  client: Client,
  query: ReportQuery,
  context: ReportContext,
): Promise<SegmentsReport> =>
  told(client, query, context, 'segments', ({ about, interval, found }) => ({
    interval: interval && showInterval(interval),
    search: found && searchView(found),
    segments: (found?.findings ?? []).map((finding) => segmentView(finding, about)),
  }));

/** What a manager reads of each workflow, and of each segment of it that holds (methods.md 6.6). */
export const sentenceReport = (
  client: Client,
  query: ReportQuery,
  context: ReportContext,
): Promise<SentenceReport> =>
  told(client, query, context, 'sentence', (group) => ({
    interval: group.interval && showInterval(group.interval),
    sentence: sentenceOf(group),
    segments: (group.found?.findings ?? []).map((finding) => {
      const { conditions, sentence, verdict, missing, mixedUsd, routedUsd } = segmentView(
        finding,
        group.about,
      );
      return { conditions, sentence, verdict, missing, mixedUsd, routedUsd };
    }),
    unknown: unknownOf(group),
  }));

interface ToldGroup {
  readonly about: SegmentAbout;
  readonly interval: ReturnType<typeof costPerOutcomeInterval>;
  /** null: not searched. */
  readonly found: GroupSegments | null;
}

/** Where segments hold, the first is told beside all that is left; else all items, and that none is known. */
function sentenceOf({ about, interval, found }: ToldGroup): string | null {
  const [first] = found?.findings ?? [];
  if (first !== undefined) return sentenceOfSegment(first, about);
  const state = found === null || found.state.state === 'found' ? null : found.state;
  return sentenceOfAll(costOfHead(about.head, interval), { ...about, search: state });
}

function unknownOf({ about, interval, found }: ToldGroup): z.infer<typeof SentenceFigures>['unknown'] {
  const { head, baseline } = about;
  const isSearched = found?.state.state === 'found' || found?.state.state === 'none_found';
  return [
    ...(head.loadedCostUsd === null || !isComplete(head) ? (['cost'] as const) : []),
    ...((head.outcomes ?? 0) === 0 ? (['outcome'] as const) : []),
    ...(interval === null ? (['interval'] as const) : []),
    ...(baseline === null ? (['baseline'] as const) : []),
    ...(isSearched ? [] : (['segments'] as const)),
  ];
}

const told = <Extra extends object>(
  client: Client,
  query: ReportQuery,
  context: ReportContext,
  name: 'segments' | 'sentence',
  tell: (group: ToldGroup) => Extra,
): Promise<EconomicsReport<OutcomeHead & Extra>> =>
  economicsReport(client, query, context, {
    name,
    formula:
      'methods 6.2 to 6.6 (ADR 029): beam search on half A, Welch and Holm on half B; 6.5: LMDI-I; 3.2 (ADR 025): intervals',
    hasIntervals: true,
    read: async (question) => {
      const { tenantId } = context;
      const groupOf = await groupReader(client, tenantId, question);
      return (group, head) => tell(groupOf(group, head));
    },
  });

async function groupReader(
  client: Client,
  tenantId: bigint,
  { asked, population, tied, momentsOf }: OutcomeQuestion,
): Promise<(group: RowGroup, head: OutcomeHead) => ToldGroup> {
  const baselines = await recordedBaselines(client, tenantId, asked);
  const search = await searchSegments(client, tenantId, population);
  return (group, head) => {
    const { moments, settledTypes: outcomeTypes } = momentsOf(group);
    const recorded = baselineOf(baselines, outcomeTypes);
    return {
      about: {
        head,
        isTied: tied.tieOut.reconciliation === 'reconciled',
        population: populationOf(head),
        outcomeTypes,
        baseline: recorded && { ...recorded, isAssumed: recorded.method === 'other' },
      },
      interval: moments === null || !isComplete(head) ? null : costPerOutcomeInterval(moments.loaded),
      found:
        group === null && population.groupBy.length > 0 ? null : search(group, recorded?.costPico ?? null),
    };
  };
}

/** The values of the group but its outcome type, which is said anyway. */
function populationOf({ group }: OutcomeHead): string | null {
  const values = Object.entries(group).flatMap(([name, value]) =>
    name === 'outcome_type' || value === null ? [] : [value],
  );
  return values.length === 0 ? null : values.join(', ');
}
