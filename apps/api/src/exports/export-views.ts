import type { ExportRow } from '#store';
import { z } from 'zod';
import { formatWireTime, Time } from '../wire.ts';

const Scope = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('work_items'),
    workItems: z
      .array(z.string().min(1).max(600))
      .min(1)
      .max(1_000)
      .meta({ description: '`ticket:8123`, or the id that names it in leaves' }),
  }),
  z.strictObject({
    kind: z.literal('period'),
    period: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month, as 2026-10'),
  }),
  z.strictObject({ kind: z.literal('tenant') }),
]);
const Method = z.enum(['full-log', 'trail-chain']).meta({
  description:
    'full-log: every leaf, so that nothing can be left out; trail-chain: the leaves of the scope, each with its proof, ' +
    'and the unbroken chain of every trace’s revisions',
});

export const ExportBody = z
  .strictObject({
    scope: Scope,
    method: Method.optional().meta({ description: 'full-log for a month or the tenant, else trail-chain' }),
    size: z.int().min(1).optional().meta({ description: 'Leaves of the log; else asOf, else the newest' }),
    asOf: Time.optional(),
    since: z.int().min(1).optional().meta({ description: 'Size of an older checkpoint that you hold' }),
    content: z.boolean().default(false).meta({ description: 'Open what was received; needs a grant' }),
    purpose: z
      .string()
      .trim()
      .min(3)
      .max(2_000)
      .meta({ description: 'Why; stands in the bundle and its leaf' }),
  })
  .meta({ id: 'NewExport' });

export const ExportView = z
  .object({
    exportId: z.guid(),
    state: z.enum(['waiting', 'building', 'ready', 'failed', 'dropped']),
    stage: z.string(),
    done: z.int(),
    total: z.int(),
    error: z.string().nullable(),
    scope: Scope,
    method: Method,
    size: z.int(),
    since: z.int().nullable(),
    content: z.boolean(),
    purpose: z.string(),
    grantId: z.guid().nullable(),
    requestedBy: z.guid(),
    requestedAt: Time,
    builtAt: Time.nullable(),
    expiresAt: Time.nullable(),
    bytes: z.int().nullable(),
    sha256: z.hex().nullable().meta({ description: 'Of the archive' }),
  })
  .meta({ id: 'Export' });
export const ExportList = z.object({ items: z.array(ExportView) }).meta({ id: 'Exports' });

export function toExportView(row: ExportRow): z.infer<typeof ExportView> {
  const { request, builtAtUs, expiresAtUs } = row;
  return {
    exportId: row.exportId,
    state: row.state,
    stage: row.stage,
    done: row.done,
    total: row.total,
    error: row.error,
    scope: Scope.parse(request.scope),
    method: request.method,
    size: row.size,
    since: request.since,
    content: request.content,
    purpose: request.purpose,
    grantId: request.grantId,
    requestedBy: row.requestedBy,
    requestedAt: formatWireTime(row.requestedAtUs),
    builtAt: builtAtUs === null ? null : formatWireTime(builtAtUs),
    expiresAt: expiresAtUs === null ? null : formatWireTime(expiresAtUs),
    bytes: row.archiveBytes,
    sha256: row.archiveHash === null ? null : row.archiveHash.toString('hex'),
  };
}
