import type { Ref } from '#model';
import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

export interface StoredCostLine {
  readonly ref: Ref;
  readonly source: string;
  readonly lineId: string;
  readonly kind: string;
  readonly occurredAtUs: bigint;
  readonly supersedes: string | null;
  /** As `CostLineRecord.body`, parsed. */
  readonly body: unknown;
  readonly surrogateId: string;
  readonly receivedAtUs: bigint;
  readonly receivedBy: string;
}

interface Row {
  ref: string;
  source: string;
  line_id: string;
  line_kind: string;
  occurred_at: bigint;
  supersedes: string | null;
  body: unknown;
  surrogate_id: string;
  received_at: bigint;
  received_by: string;
}

const COLUMNS =
  'ref, source, line_id, line_kind, occurred_at, supersedes, body, surrogate_id, received_at, received_by';

const toLine = (row: Row): StoredCostLine => ({
  ref: row.ref,
  source: row.source,
  lineId: row.line_id,
  kind: row.line_kind,
  occurredAtUs: row.occurred_at,
  supersedes: row.supersedes,
  body: row.body,
  surrogateId: row.surrogate_id,
  receivedAtUs: row.received_at,
  receivedBy: row.received_by,
});

/** Every cost line of the work items, superseded ones included. Unordered. */
export async function readCostLinesOf(
  db: Queryable,
  tenantId: bigint,
  refs: readonly Ref[],
): Promise<StoredCostLine[]> {
  if (refs.length === 0) return [];
  const { rows } = await db.query<Row>({
    name: 'read-cost-lines-of',
    text: `SELECT ${COLUMNS} FROM cost_lines WHERE tenant_id = $1 AND ref = ANY ($2::text[])`,
    values: [tenantId, refs],
  });
  return rows.map(toLine);
}

/** Work items with a cost line that occurred at or after a time; null = any. */
export async function readRefsWithCostLines(
  db: Queryable,
  tenantId: bigint,
  fromUs: bigint | null,
): Promise<Ref[]> {
  const { rows } = await db.query<{ ref: string }>({
    name: 'read-refs-with-cost-lines',
    text: `
SELECT DISTINCT ref FROM cost_lines
 WHERE tenant_id = $1 AND occurred_at >= coalesce($2::timestamptz, '-infinity')`,
    values: [tenantId, fromUs === null ? null : timestampFromUs(fromUs)],
  });
  return rows.map(({ ref }) => ref);
}

export interface CostLineFilter {
  readonly ref?: Ref | undefined;
  readonly source?: string | undefined;
  readonly lineId?: string | undefined;
  readonly kind?: string | undefined;
  readonly fromUs?: bigint | undefined;
  readonly toUs?: bigint | undefined;
  readonly after?: { readonly receivedAtUs: bigint; readonly surrogateId: string } | undefined;
  readonly limit: number;
}

/** Cost lines in the order of receipt; `fromUs` and `toUs` (exclusive) are business times. */
export async function listCostLines(
  db: Queryable,
  tenantId: bigint,
  filter: CostLineFilter,
): Promise<StoredCostLine[]> {
  const time = (us: bigint | undefined): string | null => (us === undefined ? null : timestampFromUs(us));
  const { rows } = await db.query<Row>(
    `SELECT ${COLUMNS} FROM cost_lines
      WHERE tenant_id = $1 AND ($2::text IS NULL OR ref = $2) AND ($3::text IS NULL OR source = $3)
        AND ($4::text IS NULL OR line_id = $4) AND ($5::text IS NULL OR line_kind = $5)
        AND ($6::timestamptz IS NULL OR occurred_at >= $6) AND ($7::timestamptz IS NULL OR occurred_at < $7)
        AND ($8::timestamptz IS NULL OR (received_at, surrogate_id) > ($8, $9::uuid))
      ORDER BY received_at, surrogate_id LIMIT $10`,
    [
      tenantId,
      filter.ref ?? null,
      filter.source ?? null,
      filter.lineId ?? null,
      filter.kind ?? null,
      time(filter.fromUs),
      time(filter.toUs),
      time(filter.after?.receivedAtUs),
      filter.after?.surrogateId ?? null,
      filter.limit,
    ],
  );
  return rows.map(toLine);
}
