import { RejectedInput } from '#model';
import { readCounters, readStepCounts, type Client, type CountedByMetric, type CountedBySteps } from '#store';
import { z } from 'zod';
import { columnsOf } from '#files';
import { ReportFormat, type ReportTable } from '../formats/report-file.ts';
import { decodeCursor, encodeCursor, PageSize } from '../wire.ts';
import { tieOutBeside } from './cost-table.ts';
import { Day } from './report-query.ts';
import { tellParameters } from './tell-parameters.ts';
import { TieOut } from './tie-out.ts';
import { tieToMetered } from './tie-to-metered.ts';

const LONGEST_DAYS = 92;
const DAY_MS = 86_400_000;

export const MeteredAgainstMetricsQuery = z.strictObject(
  {
    from: Day.meta({ description: 'First UTC day' }),
    to: Day.meta({ description: `UTC day after the last one; at most ${LONGEST_DAYS} days after from` }),
    format: ReportFormat,
    cursor: z.string().optional(),
    limit: PageSize,
  },
  { error: tellParameters },
);
export type MeteredAgainstMetricsQuery = z.infer<typeof MeteredAgainstMetricsQuery>;

const Amount = z.string().nullable().meta({ description: 'Exact decimal; null = nobody said' });
const Row = z.object({
  day: z.string(),
  service: z.string(),
  model: z.string(),
  metric: z.string(),
  tokenClass: z.string().meta({ description: 'As the metric calls it; cost for money' }),
  unit: z.enum(['tokens', 'USD']),
  metricTotal: Amount,
  callsTotal: Amount.meta({
    description:
      'What the billed spans and log records of the service gave: tokens, or the cost they reported',
  }),
  difference: Amount.meta({ description: 'metricTotal less callsTotal; null where one is not known' }),
  restored: z
    .string()
    .meta({ description: 'Totals that a restored session repeated: left out of metricTotal' }),
  calls: z.int(),
  callsWithoutUsage: z.int(),
});
type Row = z.infer<typeof Row>;

export const MeteredAgainstMetrics = z
  .object({
    report: z.literal('metered-against-metrics'),
    period: z.object({ from: z.string(), to: z.string() }),
    rows: z.array(Row),
    next: z.string().nullable(),
    size: TieOut.shape.size,
    root: TieOut.shape.root,
    sealed: TieOut.shape.sealed,
    engine: z.string(),
    tieOut: TieOut.meta({
      description: 'Of the same period; the report counts tokens, so none of its cost is in it',
    }),
  })
  .meta({ id: 'MeteredAgainstMetrics' });
export type MeteredAgainstMetrics = z.infer<typeof MeteredAgainstMetrics>;

/**
 * What metrics counted beside what spans and log records gave, a day, service, model, metric and class a row. They are
 * two copies of the same tokens: compared, never added; two metrics of one service are two rows of the same tokens too.
 *
 * @throws RejectedInput `unprocessable` for a period that is empty or too long, `invalid` for a foreign cursor
 */
export async function meteredAgainstMetrics(
  client: Client,
  query: MeteredAgainstMetricsQuery,
  { tenantId, engine, pageSize }: { tenantId: bigint; engine: string; pageSize: number },
): Promise<MeteredAgainstMetrics> {
  const { from, to } = query;
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (days < 1) throw new RejectedInput('unprocessable', 'must be after from', 'to');
  if (days > LONGEST_DAYS)
    throw new RejectedInput('unprocessable', `must be at most ${LONGEST_DAYS} days after from`, 'to');
  const counters = await readCounters(client, tenantId, query);
  const services = [...new Set(counters.map(({ service }) => service))];
  const steps = await readStepCounts(client, tenantId, query, services);
  const rows = compareCounts(counters, steps);
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, z.array(z.string()).length(5));
  const rest = after === null ? rows : rows.filter((row) => isAfter(keyOf(row), after));
  const page = rest.slice(0, pageSize);
  const last = page.at(-1);
  const tie = await tieToMetered(
    client,
    { tenantId, engine },
    {
      from,
      to,
      inScopePico: 0n,
      restReason: 'counts_no_cost',
      query: { from, to },
      content: { rows },
    },
  );
  return {
    report: 'metered-against-metrics',
    period: { from, to },
    rows: page,
    next: last !== undefined && page.length < rest.length ? encodeCursor(keyOf(last)) : null,
    size: tie.size,
    root: tie.root,
    sealed: tie.sealed,
    engine,
    tieOut: tie,
  };
}

/** @returns the rows of both sides, by day, service, model, metric and class */
export function compareCounts(counters: readonly CountedByMetric[], steps: readonly CountedBySteps[]): Row[] {
  const stepsOf = new Map(steps.map((step) => [placeOf(step), step]));
  const rows = counters.map((counter) => toRow(counter, stepsOf.get(placeOf(counter)) ?? null));
  const kinds = new Map(counters.map((one) => [`${one.service}\n${one.metric}\n${one.tokenClass}`, one]));
  const seen = new Set(counters.map((one) => JSON.stringify([placeOf(one), one.metric, one.tokenClass])));
  for (const step of steps)
    for (const kind of kinds.values()) {
      if (kind.service !== step.service) continue;
      if (seen.has(JSON.stringify([placeOf(step), kind.metric, kind.tokenClass]))) continue;
      const row = toRow({ ...kind, day: step.day, model: step.model, total: null, restored: '0' }, step);
      if (row.callsTotal !== null && row.callsTotal !== '0') rows.push(row);
    }
  return rows.sort((left, right) => (isAfter(keyOf(left), keyOf(right)) ? 1 : -1));
}

function toRow(
  counter: Omit<CountedByMetric, 'total'> & { readonly total: string | null },
  step: CountedBySteps | null,
): Row {
  const callsTotal = step === null ? null : totalOf(step, counter);
  return {
    day: counter.day,
    service: counter.service,
    model: counter.model,
    metric: counter.metric,
    tokenClass: counter.tokenClass,
    unit: counter.quantity === 'tokens' ? 'tokens' : 'USD',
    metricTotal: counter.total,
    callsTotal,
    difference: counter.total === null || callsTotal === null ? null : subtract(counter.total, callsTotal),
    restored: counter.restored,
    calls: Number(step?.calls ?? 0n),
    callsWithoutUsage: Number(step?.callsWithoutUsage ?? 0n),
  };
}

function totalOf(
  step: CountedBySteps,
  { quantity, buckets }: Pick<CountedByMetric, 'quantity' | 'buckets'>,
): string | null {
  if (quantity === 'cost_usd') return step.reportedUsd;
  if (buckets.length === 0 || step.calls === step.callsWithoutUsage) return null;
  return buckets.reduce((sum, bucket) => sum + BigInt(step.tokens[bucket] ?? 0), 0n).toString();
}

/** Exact, whatever the number of decimals. */
function subtract(left: string, right: string): string {
  const decimals = Math.max(decimalsOf(left), decimalsOf(right));
  const difference = scaled(left, decimals) - scaled(right, decimals);
  const digits = (difference < 0n ? -difference : difference).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${difference < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

const decimalsOf = (text: string): number => (text.split('.')[1] ?? '').length;
const scaled = (text: string, decimals: number): bigint =>
  BigInt(text.replace('.', '') + '0'.repeat(decimals - decimalsOf(text)));

const placeOf = (one: { day: string; service: string; model: string }): string =>
  JSON.stringify([one.day, one.service, one.model]);
const keyOf = (row: Row): string[] => [row.day, row.service, row.model, row.metric, row.tokenClass];

function isAfter(left: readonly string[], right: readonly string[]): boolean {
  const at = left.findIndex((part, index) => part !== right[index]);
  return at >= 0 && left[at]! > right[at]!;
}

/** The report as a table. */
export const meteredAgainstMetricsTable = ({
  report,
  rows,
  next,
  tieOut,
}: MeteredAgainstMetrics): ReportTable<Row> => ({
  name: report,
  columns: columnsOf(Row, { groups: [] }),
  rows,
  beside: [tieOutBeside(tieOut, 'metricTotal')],
  next,
});
