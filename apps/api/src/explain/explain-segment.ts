import { formatPico, parseRef, RejectedInput } from '#model';
import { readOutcomeTypes, type Client, type CostPerOutcomeQuery, type LoadedItemRow } from '#store';
import { z } from 'zod';
import { readCell } from './explain-query.ts';
import { pageOf } from '../page.ts';
import { askReport, type ReportContext } from '../reports/ask-report.ts';
import { ReportQuery } from '../reports/report-query.ts';
import { decodeCursor, Money } from '../wire.ts';
import { byGroup } from '../economics/economics-report.ts';
import { baselineOf, recordedBaselines } from '../economics/recorded-baselines.ts';
import { searchSegments, type GroupSegments } from '../economics/search-segments.ts';
import { SegmentView } from '../economics/segment-views.ts';

const Conditions = SegmentView.shape.conditions.min(1);

export const ExplainSegmentQuery = ReportQuery.omit({ format: true, view: true, currency: true }).extend({
  view: z.enum(['settled', 'cohort']).default('settled'),
  cell: z.string().max(8192).optional().meta({
    description: 'The row: a JSON array of its values in the order of group_by; absent without group_by',
  }),
  segment: z.string().max(8192).meta({
    description: 'The conditions of the segment as the report tells them: [{"attribute": …, "value": …}]',
  }),
  side: z.enum(['inside', 'outside']).default('inside'),
});
export type ExplainSegmentQuery = z.infer<typeof ExplainSegmentQuery>;

export const SegmentExplanation = z
  .object({
    conditions: Conditions,
    side: z.enum(['inside', 'outside']),
    size: z
      .int()
      .nullable()
      .meta({ description: 'Leaves of the log the books were read at; null = as they stand' }),
    workItems: z.int(),
    outcomes: z.int(),
    loadedCostUsd: Money.meta({ description: 'The items of all pages sum to it' }),
    items: z.array(
      z.object({
        kind: z.string(),
        key: z.string(),
        isAchieved: z.boolean(),
        attempts: z.int(),
        callsCostUsd: Money,
        loadedCostUsd: Money,
        href: z
          .string()
          .meta({ description: 'Every call, price row, link, rule, event and posting behind it' }),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'SegmentExplanation' });
export type SegmentExplanation = z.infer<typeof SegmentExplanation>;

const Cursor = z.tuple([
  z
    .string()
    .regex(/^-?\d{1,40}$/)
    .transform(BigInt),
  z.string().max(1024),
]);

/**
 * The items of half B on one side of a segment: those that its figures are of, the dearest first.
 *
 * @throws RejectedInput for a row or a segment that the report does not tell
 */
export async function explainSegment(
  client: Client,
  query: ExplainSegmentQuery,
  context: ReportContext,
): Promise<SegmentExplanation> {
  const asked = await askReport(client, { ...query, format: 'json' }, context);
  const population = { ...asked.range, view: query.view, groupBy: asked.groupBy };
  const cell = readCell(query.cell, asked.groupBy.length);
  if (cell === null && asked.groupBy.length > 0)
    throw new RejectedInput('unprocessable', 'segments are of a row: name it', 'cell');
  const conditions = readConditions(query.segment);
  const types = byGroup(await readOutcomeTypes(client, context.tenantId, population));
  const baselines = await recordedBaselines(client, context.tenantId, asked);
  const baseline = baselineOf(baselines, types.get(JSON.stringify(cell))?.outcomeTypes ?? []);
  const search = await searchSegments(client, context.tenantId, population);
  const items = itemsOf(search(cell, baseline?.costPico ?? null), conditions, query.side);
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, Cursor);
  const rest = after === null ? items : items.filter((item) => isBehind(item, after));
  const page = pageOf(rest, context.pageSize, ({ loadedPico, ref }) => [loadedPico.toString(), ref]);
  return {
    conditions,
    side: query.side,
    size: population.size,
    workItems: items.length,
    outcomes: items.filter(({ isAchieved }) => isAchieved).length,
    loadedCostUsd: formatPico(items.reduce((sum, { loadedPico }) => sum + loadedPico, 0n)),
    items: page.rows.map((row) => toItem(row, population.size)),
    next: page.next,
  };
}

function readConditions(text: string): z.infer<typeof Conditions> {
  try {
    return Conditions.parse(JSON.parse(text));
  } catch {
    throw new RejectedInput('invalid', 'must be a JSON array of {"attribute", "value"}', 'segment');
  }
}

/** In the order of the list: dearest first, then by ref. */
function itemsOf(
  { findings, items }: GroupSegments,
  conditions: z.infer<typeof Conditions>,
  side: 'inside' | 'outside',
): LoadedItemRow[] {
  const nameOf = (each: z.infer<typeof Conditions>): string =>
    JSON.stringify(each.map(({ attribute, value }) => [attribute, value]));
  const finding = findings.find((each) => nameOf([...each.conditions]) === nameOf(conditions));
  if (finding === undefined) throw new RejectedInput('not_found', 'the row has no such segment', 'segment');
  return finding.members[side]
    .map((place) => items[place]!)
    .sort((a, b) =>
      a.loadedPico === b.loadedPico ? compare(a.ref, b.ref) : a.loadedPico > b.loadedPico ? -1 : 1,
    );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const isBehind = (
  { loadedPico, ref }: LoadedItemRow,
  [afterPico, afterRef]: readonly [bigint, string],
): boolean => loadedPico < afterPico || (loadedPico === afterPico && ref > afterRef);

function toItem(row: LoadedItemRow, size: CostPerOutcomeQuery['size']): SegmentExplanation['items'][number] {
  const { kind, key } = parseRef(row.ref);
  const [ofKind, ofKey] = [encodeURIComponent(kind), encodeURIComponent(key)];
  return {
    kind,
    key,
    isAchieved: row.isAchieved,
    attempts: row.attempts,
    callsCostUsd: formatPico(row.callsPico),
    loadedCostUsd: formatPico(row.loadedPico),
    href: `/v1/work-items/${ofKind}/${ofKey}/cost${size === null ? '' : `?size=${size}`}`,
  };
}
