import { formatPico, parseRef, RejectedInput, type Ref } from '#model';
import {
  readCellCosts,
  readCellItems,
  readCellTotal,
  readMovesBetween,
  readSettings,
  type CellItem,
  type CellTotal,
  type Client,
  type CostPerOutcomeQuery,
} from '#store';
import { z } from 'zod';
import { pastBooks, type PastBooks } from '../reports/past-books.ts';
import { BEGINNING, END, readGroupBy } from '../reports/report-query.ts';
import { declaredDimensions } from '../settings/declared-dimensions.ts';
import { decodeCursor, encodeCursor, Money } from '../wire.ts';
import { explainPeriod, type PeriodExplanation } from './explain-period.ts';
import { readCell, type ExplainQuery } from './explain-query.ts';

const Item = z.object({
  kind: z.string(),
  key: z.string(),
  phase: z.string(),
  attempts: z.int(),
  calls: z.int(),
  unpricedCalls: z.int(),
  callsWithoutUsage: z.int(),
  costUsd: Money,
  directCostUsd: Money,
  href: z.string().meta({
    description:
      'Every call, price row, link, rule, event and posting behind it; of past books as they stood at that size',
  }),
});

const Change = z
  .object({
    size: z.int().meta({ description: 'Leaves of the log the figure is compared with' }),
    beforeUsd: Money,
    afterUsd: Money,
    differenceUsd: Money,
    codes: z
      .array(
        z.object({
          code: z.string(),
          amountUsd: Money,
          transactions: z.int(),
          causes: z.array(z.string()).meta({ description: 'Of the largest moves' }),
        }),
      )
      .meta({ description: 'Posted since on items that were in the figure then and are now' }),
    entered: z
      .object({ items: z.int(), amountUsd: Money })
      .meta({ description: 'Items that came into the figure' }),
    left: z
      .object({ items: z.int(), amountUsd: Money })
      .meta({ description: 'Items that left it, with what they had' }),
    betweenGroupsUsd: Money.meta({
      description: 'Moved from or to other rows: an attempt is grouped otherwise now',
    }),
  })
  .meta({
    id: 'FigureChange',
    description: 'difference = Σ codes + entered - left + between groups, exactly',
  });

export const Explanation = z
  .object({
    view: z.enum(['settled', 'cohort']),
    group: z.record(z.string(), z.string().nullable()),
    size: z
      .int()
      .nullable()
      .meta({ description: 'Leaves of the log the books were read at; null = as they stand' }),
    workItems: z.int(),
    outcomes: z.int(),
    costUsd: Money.meta({ description: 'The items of all pages sum to it' }),
    directCostUsd: Money,
    failedAttemptCostUsd: Money,
    noOutcomeCostUsd: Money,
    items: z.array(Item),
    next: z.string().nullable(),
    change: Change.nullable(),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof Explanation>;

export interface ExplainContext {
  readonly tenantId: bigint;
  readonly nowUs: bigint;
  readonly maxGroupKeys: number;
  readonly pageSize: number;
}

const ItemCursor = z.tuple([
  z
    .string()
    .regex(/^-?\d{1,40}$/)
    .transform(BigInt),
  z.string().max(1024),
]);

/**
 * The work items behind one row of a cost-per-outcome report, from the one snapshot of `client`, and why the figure
 * differs from what was known before.
 *
 * @throws RejectedInput as the report itself, and for a cell that is no row of it
 * @throws Error when the parts of a change do not sum to it
 */
export async function explainCell(
  client: Client,
  query: ExplainQuery,
  context: ExplainContext,
): Promise<Explanation | PeriodExplanation> {
  const { tenantId } = context;
  if (query.currency !== undefined)
    throw new RejectedInput(
      'unprocessable',
      'charges are explained in USD: ask without currency; a report converts them by the dated rates of GET /v1/fx-rates',
      'currency',
    );
  const past = await pastBooks(client, tenantId, query);
  const policies = await readSettings(client, tenantId, 'policies', past?.size ?? null);
  const groupBy = readGroupBy(query, declaredDimensions(policies), context.maxGroupKeys);
  const cell = readCell(query.cell, groupBy.length);
  if (query.view === 'period') {
    const range = { ...rangeOf(query), groupBy, size: past?.size ?? null };
    return explainPeriod(client, tenantId, { query, range, cell, pageSize: context.pageSize });
  }
  const question = questionOf({ ...query, view: query.view }, groupBy, past, context.nowUs);
  const total = await readCellTotal(client, tenantId, question, cell);
  if (cell !== null && total.items === 0n)
    throw new RejectedInput('not_found', 'the report has no such row', 'cell');
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, ItemCursor);
  const page = { cell, isSettled: true, limit: context.pageSize + 1 };
  const found = await readCellItems(client, tenantId, question, {
    ...page,
    after: after === null ? null : { costPico: after[0], ref: after[1] },
  });
  const items = found.slice(0, context.pageSize);
  const last = items.at(-1);
  return {
    view: question.view,
    group: Object.fromEntries(groupBy.map(({ name }, index) => [name, cell?.[index] ?? null])),
    size: question.size,
    ...figuresOf(total),
    items: items.map((item) => toItem(item, question.size)),
    next:
      found.length > items.length && last !== undefined
        ? encodeCursor([last.costPico.toString(), last.ref])
        : null,
    change: await changeOf(client, tenantId, query, question, cell),
  };
}

const rangeOf = (query: ExplainQuery) => ({
  fromDay: query.from ?? BEGINNING,
  toDay: query.to ?? END,
  outcomeType: query.outcome_type ?? null,
});

const questionOf = (
  query: ExplainQuery & { readonly view: CostPerOutcomeQuery['view'] },
  groupBy: CostPerOutcomeQuery['groupBy'],
  past: PastBooks | null,
  nowUs: bigint,
): CostPerOutcomeQuery => ({
  view: query.view,
  ...rangeOf(query),
  groupBy,
  nowUs: past?.sealedAtUs ?? nowUs,
  size: past?.size ?? null,
});

const figuresOf = (total: CellTotal) => ({
  workItems: Number(total.items),
  outcomes: Number(total.outcomes),
  costUsd: formatPico(total.costPico),
  directCostUsd: formatPico(total.directPico),
  failedAttemptCostUsd: formatPico(total.costPico - total.directPico - total.noOutcomePico),
  noOutcomeCostUsd: formatPico(total.noOutcomePico),
});

function toItem(item: CellItem, size: number | null): z.infer<typeof Item> {
  const { kind, key } = parseRef(item.ref);
  const [ofKind, ofKey] = [encodeURIComponent(kind), encodeURIComponent(key)];
  return {
    kind,
    key,
    phase: item.phase,
    attempts: Number(item.attempts),
    calls: Number(item.calls),
    unpricedCalls: Number(item.unpricedCalls),
    callsWithoutUsage: Number(item.callsWithoutUsage),
    costUsd: formatPico(item.costPico),
    directCostUsd: formatPico(item.directPico),
    href: `/v1/work-items/${ofKind}/${ofKey}/cost${size === null ? '' : `?size=${size}`}`,
  };
}

async function changeOf(
  client: Client,
  tenantId: bigint,
  query: ExplainQuery,
  question: CostPerOutcomeQuery,
  cell: readonly (string | null)[] | null,
): Promise<z.infer<typeof Change> | null> {
  const earlier = await pastBooks(client, tenantId, { size: query.against_size, as_of: query.against_as_of });
  if (earlier === null) return null;
  if (question.size !== null && earlier.size > question.size)
    throw new RejectedInput('unprocessable', 'must not be after the figure itself', 'against_size');
  const before = await readCellCosts(
    client,
    tenantId,
    { ...question, size: earlier.size, nowUs: earlier.sealedAtUs },
    cell,
  );
  const after = await readCellCosts(client, tenantId, question, cell);
  const both = [...after.keys()].filter((ref) => before.has(ref)).sort();
  const entered = [...after].filter(([ref]) => !before.has(ref));
  const left = [...before].filter(([ref]) => !after.has(ref));
  const codes = await readMovesBetween(client, tenantId, both, earlier.size, question.size);
  const movedPico = codes.reduce((sum, { amountPico }) => sum + amountPico, 0n);
  const betweenPico = both.reduce((sum, ref) => sum + after.get(ref)! - before.get(ref)!, 0n) - movedPico;
  if (cell === null && betweenPico !== 0n)
    throw new Error(`${betweenPico} of the change of a total are in no transaction`);
  return {
    size: earlier.size,
    beforeUsd: formatPico(sumOf([...before])),
    afterUsd: formatPico(sumOf([...after])),
    differenceUsd: formatPico(sumOf([...after]) - sumOf([...before])),
    codes: codes.map(({ code, amountPico, transactions, causes }) => ({
      code,
      amountUsd: formatPico(amountPico),
      transactions: Number(transactions),
      causes: [...causes],
    })),
    entered: { items: entered.length, amountUsd: formatPico(sumOf(entered)) },
    left: { items: left.length, amountUsd: formatPico(sumOf(left)) },
    betweenGroupsUsd: formatPico(betweenPico),
  };
}

const sumOf = (costs: readonly (readonly [Ref, bigint])[]): bigint =>
  costs.reduce((sum, [, costPico]) => sum + costPico, 0n);
