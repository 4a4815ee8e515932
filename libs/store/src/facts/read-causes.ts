import type { Client } from '../connection/database.ts';

/** A rule and how far it is worked through. */
export interface CauseRow {
  readonly causeId: string;
  readonly kind: string;
  readonly detail: unknown;
  readonly openedAtUs: bigint;
  readonly doneAtUs: bigint | null;
  readonly expiresAtUs: bigint | null;
  /** Places of its leaves in the log; sizes above the first up to the second are not settled. */
  readonly openedIndex: number | null;
  readonly doneIndex: number | null;
  readonly tracesDone: number;
  readonly tracesFailed: number;
  readonly advancedAtUs: bigint | null;
  readonly error: string | null;
}

export interface CauseFilter {
  readonly mode: 'post' | 'preview';
  readonly causeId?: string;
  readonly isOpen?: boolean | undefined;
  readonly after?: { readonly openedAt: bigint; readonly causeId: string } | undefined;
  readonly limit: number;
}

/** Newest first; previews that are over are left out. */
export async function listCauses(client: Client, tenantId: bigint, filter: CauseFilter): Promise<CauseRow[]> {
  const { rows } = await client.query<{
    cause_id: string;
    kind: string;
    detail: unknown;
    opened_at: bigint;
    done_at: bigint | null;
    expires_at: bigint | null;
    opened_index: bigint | null;
    done_index: bigint | null;
    traces_done: number;
    traces_failed: number;
    advanced_at: bigint | null;
    error: string | null;
  }>(
    `SELECT cause_id, kind, detail, opened_at, done_at, expires_at, opened_index, done_index, traces_done, traces_failed,
            advanced_at, error
       FROM causes
      WHERE tenant_id = $1 AND mode = $2 AND (expires_at IS NULL OR expires_at > clock_timestamp())
        AND ($3::text IS NULL OR cause_id = $3) AND ($4::boolean IS NULL OR (done_at IS NULL) = $4)
        AND ($5::bigint IS NULL OR ((extract(epoch FROM opened_at) * 1000000)::bigint, cause_id) < ($5, $6::text))
      ORDER BY (extract(epoch FROM opened_at) * 1000000)::bigint DESC, cause_id DESC LIMIT $7`,
    [
      tenantId,
      filter.mode,
      filter.causeId ?? null,
      filter.isOpen ?? null,
      filter.after?.openedAt ?? null,
      filter.after?.causeId ?? null,
      filter.limit,
    ],
  );
  const place = (index: bigint | null): number | null => (index === null ? null : Number(index));
  return rows.map((row) => ({
    causeId: row.cause_id,
    kind: row.kind,
    detail: row.detail,
    openedAtUs: row.opened_at,
    doneAtUs: row.done_at,
    expiresAtUs: row.expires_at,
    openedIndex: place(row.opened_index),
    doneIndex: place(row.done_index),
    tracesDone: row.traces_done,
    tracesFailed: row.traces_failed,
    advancedAtUs: row.advanced_at,
    error: row.error,
  }));
}
