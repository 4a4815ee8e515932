import { formatPico, parseRef, RejectedInput } from '#model';
import {
  readPeriodCosts,
  readPeriodMoves,
  readPeriodUsages,
  type Client,
  type PeriodCostRow,
  type PeriodQuery,
  type PeriodUsage,
} from '#store';
import { z } from 'zod';
import { pastBooks } from '../reports/past-books.ts';
import { decodeCursor, encodeCursor, Money } from '../wire.ts';
import type { ExplainQuery } from './explain-query.ts';

const Charge = z.object({
  traceId: z.string(),
  spanId: z.string(),
  day: z.string(),
  provider: z.string(),
  model: z.string(),
  account: z.string().meta({ description: 'Where this part of the charge sits' }),
  workItem: z.object({ kind: z.string(), key: z.string() }).nullable(),
  priceIds: z.array(z.guid()).meta({ description: 'Price rows of the call' }),
  costUsd: Money,
  href: z.string().meta({
    description:
      'The work item with every call, price row, link, rule and event; without one the postings of the trace. Of past ' +
      'books at that size',
  }),
});

export const PeriodExplanation = z
  .object({
    view: z.literal('period'),
    group: z.record(z.string(), z.string().nullable()),
    size: z.int().nullable(),
    costUsd: Money.meta({ description: 'The charges of all pages sum to it' }),
    byPlace: z.record(z.string(), Money).meta({
      description: 'The same by where it sits: outcome, retry, noOutcome, inProgress, ...; sums to costUsd',
    }),
    charges: z.array(Charge),
    next: z.string().nullable(),
    change: z
      .object({
        size: z.int().meta({ description: 'Leaves of the log the figure is compared with' }),
        beforeUsd: Money,
        afterUsd: Money,
        differenceUsd: Money,
        codes: z.array(
          z.object({
            code: z.string(),
            amountUsd: Money,
            transactions: z.int(),
            causes: z.array(z.string()).meta({ description: 'Of the largest moves' }),
          }),
        ),
        betweenGroupsUsd: Money.meta({
          description: 'Moved from or to other rows: an attempt or an item is grouped otherwise now',
        }),
      })
      .nullable()
      .meta({ description: 'difference = sum of codes + between groups, exactly' }),
  })
  .meta({ id: 'PeriodExplanation' });
export type PeriodExplanation = z.infer<typeof PeriodExplanation>;

export interface PeriodQuestion {
  readonly query: ExplainQuery;
  readonly range: PeriodQuery;
  readonly cell: readonly (string | null)[] | null;
  readonly pageSize: number;
}

const Cursor = z.tuple([
  z
    .string()
    .regex(/^-?\d{1,40}$/)
    .transform(BigInt),
  z.string().regex(/^[0-9a-f]{32}$/),
  z.string().regex(/^[0-9a-f]{16}$/),
  z.string().max(512),
  z.string().max(1024),
]);

/**
 * The charges behind one row of the report of a period, call by call, and why the figure differs from what was known
 * before.
 *
 * @throws RejectedInput for a cell that is no row of the report
 */
export async function explainPeriod(
  client: Client,
  tenantId: bigint,
  { query, range, cell, pageSize }: PeriodQuestion,
): Promise<PeriodExplanation> {
  const row = await rowOf(client, tenantId, range, cell);
  if (row === null) throw new RejectedInput('not_found', 'the report has no such row', 'cell');
  const found = await readPeriodUsages(client, tenantId, range, {
    cell,
    after: query.cursor === undefined ? null : placeOf(query.cursor),
    limit: pageSize + 1,
  });
  const page = found.slice(0, pageSize);
  const last = found.length > page.length ? page.at(-1) : undefined;
  return {
    view: 'period',
    group: Object.fromEntries(range.groupBy.map(({ name }, index) => [name, cell?.[index] ?? null])),
    size: range.size,
    costUsd: formatPico(row.costPico),
    byPlace: placesOf(row),
    charges: page.map((usage) => toCharge(usage, range.size)),
    next:
      last === undefined
        ? null
        : encodeCursor([
            last.amountPico.toString(),
            last.postingId,
            last.usageSpanId,
            last.account,
            last.workItemRef ?? '',
          ]),
    change: await changeOf(client, tenantId, { query, range, cell, pageSize }, row.costPico),
  };
}

function placeOf(cursor: string) {
  const [amountPico, postingId, usageSpanId, account, workItemRef] = decodeCursor(cursor, Cursor);
  return { amountPico, postingId, usageSpanId, account, workItemRef };
}

async function rowOf(
  client: Client,
  tenantId: bigint,
  range: PeriodQuery,
  cell: PeriodQuestion['cell'],
): Promise<PeriodCostRow | null> {
  const [total, ...rows] = await readPeriodCosts(client, tenantId, range);
  if (cell === null) return total ?? null;
  const key = JSON.stringify(cell);
  return rows.find(({ group }) => JSON.stringify(group) === key) ?? null;
}

function placesOf(row: PeriodCostRow): Record<string, string> {
  const places: Record<string, bigint> = {
    outcome: row.outcomePico,
    retry: row.retryPico,
    noOutcome: row.noOutcomePico,
    inProgress: row.workPico,
    overhead: row.overheadPico,
    unattributed: row.unattributedPico,
  };
  const known = Object.values(places).reduce((sum, amount) => sum + amount, 0n);
  const all = { ...places, writtenOff: row.costPico - known };
  return Object.fromEntries(
    Object.entries(all)
      .filter(([, amount]) => amount !== 0n)
      .map(([place, amount]) => [place, formatPico(amount)]),
  );
}

function toCharge(usage: PeriodUsage, size: number | null): z.infer<typeof Charge> {
  const item = usage.workItemRef === null ? null : parseRef(usage.workItemRef);
  return {
    traceId: usage.postingId,
    spanId: usage.usageSpanId,
    day: usage.usageDay,
    provider: usage.provider,
    model: usage.callModel,
    account: usage.account,
    workItem: item === null ? null : { kind: item.kind, key: item.key },
    priceIds: [...usage.priceIds],
    costUsd: formatPico(usage.amountPico),
    href:
      item === null
        ? `/v1/ledger/transactions?trace=${usage.postingId}${size === null ? '' : `&size=${size}`}`
        : `/v1/work-items/${encodeURIComponent(item.kind)}/${encodeURIComponent(item.key)}/cost${size === null ? '' : `?size=${size}`}`,
  };
}

async function changeOf(
  client: Client,
  tenantId: bigint,
  { query, range, cell }: PeriodQuestion,
  afterPico: bigint,
): Promise<PeriodExplanation['change']> {
  const earlier = await pastBooks(client, tenantId, { size: query.against_size, as_of: query.against_as_of });
  if (earlier === null) return null;
  if (range.size !== null && earlier.size > range.size)
    throw new RejectedInput('unprocessable', 'must not be after the figure itself', 'against_size');
  const before = await rowOf(client, tenantId, { ...range, size: earlier.size }, cell);
  const beforePico = before?.costPico ?? 0n;
  const codes = await readPeriodMoves(client, tenantId, range, cell, earlier.size);
  const movedPico = codes.reduce((sum, { amountPico }) => sum + amountPico, 0n);
  return {
    size: earlier.size,
    beforeUsd: formatPico(beforePico),
    afterUsd: formatPico(afterPico),
    differenceUsd: formatPico(afterPico - beforePico),
    codes: codes.map(({ code, amountPico, transactions, causes }) => ({
      code,
      amountUsd: formatPico(amountPico),
      transactions: Number(transactions),
      causes: [...causes],
    })),
    betweenGroupsUsd: formatPico(afterPico - beforePico - movedPico),
  };
}
