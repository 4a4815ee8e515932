import { FILE_FORMATS } from '#files';
import type { TableExportRow, TableRequest } from '#store';
import { z } from 'zod';
import { PeriodName } from '../ledger/period-views.ts';
import { BEGINNING, Day, END } from '../reports/report-query.ts';
import { formatWireTime, Time } from '../wire.ts';
import { usFromTimestamp } from '#store';

const Format = z.enum(FILE_FORMATS).default('csv');
const Size = z.int().min(1).optional().meta({
  description: 'Leaves of the log that the books are read at; else the newest settled size',
});

/** What may be asked for, by kind. */
export const TableExportBody = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('journal'),
      format: Format,
      period: PeriodName.optional().meta({ description: 'Only what was posted to this month' }),
      size: Size,
    }),
    z.strictObject({
      kind: z.literal('focus'),
      format: Format,
      from: Day.optional().meta({ description: 'First UTC day of usage; absent = from the beginning' }),
      to: Day.optional().meta({ description: 'UTC day after the last one; absent = no end' }),
      size: Size,
    }),
    z.strictObject({
      kind: z.literal('work_items'),
      format: Format,
      workItemKind: z.string().min(1).max(512).optional(),
      from: Day.optional().meta({ description: 'When the phase last changed, else the first attempt' }),
      to: Day.optional().meta({ description: 'UTC day after the last one' }),
    }),
  ])
  .meta({
    id: 'NewTableExport',
    description:
      'journal: a row an entry; focus: a row a charge; work_items: a row a work item, with its state and cost',
  });
export type TableExportBody = z.infer<typeof TableExportBody>;

export const TableExportView = z
  .object({
    exportId: z.guid(),
    kind: z.enum(['journal', 'focus', 'work_items']),
    format: z.enum(FILE_FORMATS),
    period: z.string().nullable(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    workItemKind: z.string().nullable(),
    state: z.enum(['waiting', 'building', 'ready', 'failed', 'dropped']),
    units: z.string().meta({ description: 'What done and total count: transactions, traces, work items' }),
    done: z.int(),
    total: z.int(),
    error: z.string().nullable(),
    size: z.int().nullable().meta({
      description: 'Leaves of the log the books are read at; null: work items are as they stand when read',
    }),
    requestedBy: z.guid(),
    requestedAt: Time,
    builtAt: Time.nullable(),
    expiresAt: Time.nullable(),
    bytes: z.int().nullable(),
    sha256: z.hex().nullable(),
  })
  .meta({ id: 'TableExport' });
export const TableExportList = z.object({ items: z.array(TableExportView) }).meta({ id: 'TableExports' });

const midnight = (day: string | undefined): string | null =>
  day === undefined ? null : String(usFromTimestamp(`${day}T00:00:00Z`));
const dayOf = (us: string | null): string | null =>
  us === null ? null : formatWireTime(BigInt(us)).slice(0, 10);
const limitOf = (day: string, none: string): string | null => (day === none ? null : day);

export function toTableRequest(body: TableExportBody): TableRequest {
  const { kind, format } = body;
  if (kind === 'journal') return { kind, format, period: body.period ?? null };
  if (kind === 'focus') return { kind, format, fromDay: body.from ?? BEGINNING, toDay: body.to ?? END };
  const { workItemKind = null, from, to } = body;
  return { kind, format, workItemKind, fromUs: midnight(from), toUs: midnight(to) };
}

export function toTableExportView(row: TableExportRow): z.infer<typeof TableExportView> {
  const { request, builtAtUs, expiresAtUs } = row;
  return {
    exportId: row.exportId,
    kind: request.kind,
    format: request.format,
    ...rangeOf(request),
    state: row.state,
    units: row.stage,
    done: row.done,
    total: row.total,
    error: row.error,
    size: request.kind === 'work_items' ? null : row.size,
    requestedBy: row.requestedBy,
    requestedAt: formatWireTime(row.requestedAtUs),
    builtAt: builtAtUs === null ? null : formatWireTime(builtAtUs),
    expiresAt: expiresAtUs === null ? null : formatWireTime(expiresAtUs),
    bytes: row.archiveBytes,
    sha256: row.archiveHash === null ? null : row.archiveHash.toString('hex'),
  };
}

function rangeOf(
  request: TableRequest,
): Pick<z.infer<typeof TableExportView>, 'period' | 'from' | 'to' | 'workItemKind'> {
  const all = { period: null, from: null, to: null, workItemKind: null };
  if (request.kind === 'journal') return { ...all, period: request.period };
  if (request.kind === 'focus')
    return { ...all, from: limitOf(request.fromDay, BEGINNING), to: limitOf(request.toDay, END) };
  return { ...all, from: dayOf(request.fromUs), to: dayOf(request.toUs), workItemKind: request.workItemKind };
}
