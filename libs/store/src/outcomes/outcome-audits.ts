import type { Ref } from '#model';
import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** An audit as it was made; it never changes. */
export interface OutcomeAudit {
  readonly auditId: string;
  readonly seed: string;
  /** What was asked for and what was found, as JSON. */
  readonly population: unknown;
  readonly strata: unknown;
  readonly recordedAtUs: bigint;
  readonly recordedBy: string;
}

/** A drawn outcome with the newest verdict on it. */
export interface AuditedItem {
  readonly ref: Ref;
  readonly surrogateId: string | null;
  readonly stratum: number;
  readonly place: number;
  readonly verdict: {
    readonly version: number;
    readonly isValid: boolean;
    readonly note: string | null;
    readonly recordedAtUs: bigint;
    readonly recordedBy: string;
  } | null;
}

export async function insertOutcomeAudit(
  client: Client,
  tenantId: bigint,
  audit: OutcomeAudit,
  items: readonly { readonly ref: Ref; readonly stratum: number; readonly place: number }[],
): Promise<void> {
  await client.query(
    `INSERT INTO outcome_audits (tenant_id, audit_id, population, seed, strata, recorded_at, recorded_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      tenantId,
      audit.auditId,
      JSON.stringify(audit.population),
      audit.seed,
      JSON.stringify(audit.strata),
      timestampFromUs(audit.recordedAtUs),
      audit.recordedBy,
    ],
  );
  await client.query(
    `INSERT INTO outcome_audit_items (tenant_id, audit_id, ref, stratum, place)
     SELECT $1, $2, * FROM unnest($3::text[], $4::integer[], $5::integer[])`,
    [
      tenantId,
      audit.auditId,
      items.map(({ ref }) => ref),
      items.map(({ stratum }) => stratum),
      items.map(({ place }) => place),
    ],
  );
}

/** Newest first. */
export async function listOutcomeAudits(
  client: Client,
  tenantId: bigint,
  after: { readonly recordedAtUs: bigint; readonly auditId: string } | null,
  limit: number,
): Promise<OutcomeAudit[]> {
  const { rows } = await client.query<AuditRow>(
    `SELECT audit_id, seed, population, strata, recorded_at, recorded_by FROM outcome_audits
      WHERE tenant_id = $1 AND ($2::timestamptz IS NULL OR (recorded_at, audit_id) < ($2, $3::uuid))
      ORDER BY recorded_at DESC, audit_id DESC LIMIT $4`,
    [tenantId, after === null ? null : timestampFromUs(after.recordedAtUs), after?.auditId ?? null, limit],
  );
  return rows.map(toAudit);
}

export async function readOutcomeAudit(
  client: Client,
  tenantId: bigint,
  auditId: string,
): Promise<OutcomeAudit | null> {
  const { rows } = await client.query<AuditRow>(
    `SELECT audit_id, seed, population, strata, recorded_at, recorded_by FROM outcome_audits
      WHERE tenant_id = $1 AND audit_id = $2`,
    [tenantId, auditId],
  );
  return rows[0] === undefined ? null : toAudit(rows[0]);
}

/** What was drawn, in the order of drawing. */
export async function readAuditedItems(
  client: Client,
  tenantId: bigint,
  auditId: string,
): Promise<AuditedItem[]> {
  const { rows } = await client.query<ItemRow>(
    `SELECT i.ref, w.surrogate_id, i.stratum, i.place, v.version, v.is_valid, v.note, v.recorded_at, v.recorded_by
       FROM outcome_audit_items i
       LEFT JOIN work_items w ON w.tenant_id = i.tenant_id AND w.ref = i.ref
       LEFT JOIN (SELECT DISTINCT ON (ref) * FROM outcome_audit_verdicts WHERE tenant_id = $1 AND audit_id = $2
                   ORDER BY ref, version DESC) v ON v.ref = i.ref
      WHERE i.tenant_id = $1 AND i.audit_id = $2 ORDER BY i.stratum, i.place`,
    [tenantId, auditId],
  );
  return rows.map((row) => ({
    ref: row.ref,
    surrogateId: row.surrogate_id,
    stratum: row.stratum,
    place: row.place,
    verdict:
      row.version === null
        ? null
        : {
            version: row.version,
            isValid: row.is_valid,
            note: row.note,
            recordedAtUs: row.recorded_at,
            recordedBy: row.recorded_by,
          },
  }));
}

/**
 * Adds verdicts, each as the next version of its item; the same verdict by the same person again adds none. The refs
 * must be distinct and of the audit.
 *
 * @returns how many were added
 */
export async function insertAuditVerdicts(
  client: Client,
  tenantId: bigint,
  auditId: string,
  recorded: { readonly atUs: bigint; readonly by: string },
  verdicts: readonly { readonly ref: Ref; readonly isValid: boolean; readonly note: string | null }[],
): Promise<number> {
  // Verdicts of one audit are numbered one after the other.
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `outcome_audit ${tenantId} ${auditId}`,
  ]);
  const { rowCount } = await client.query(
    `INSERT INTO outcome_audit_verdicts (tenant_id, audit_id, ref, version, is_valid, note, recorded_at, recorded_by)
     SELECT $1, $2, said.ref, coalesce(newest.version, 0) + 1, said.is_valid, said.note, $6, $7
       FROM unnest($3::text[], $4::boolean[], $5::text[]) AS said (ref, is_valid, note)
       LEFT JOIN LATERAL (
         SELECT version, is_valid, note, recorded_by FROM outcome_audit_verdicts v
          WHERE v.tenant_id = $1 AND v.audit_id = $2 AND v.ref = said.ref ORDER BY version DESC LIMIT 1) newest ON true
      WHERE newest.version IS NULL
         OR (newest.is_valid, newest.note, newest.recorded_by) IS DISTINCT FROM (said.is_valid, said.note, $7::uuid)`,
    [
      tenantId,
      auditId,
      verdicts.map(({ ref }) => ref),
      verdicts.map(({ isValid }) => isValid),
      verdicts.map(({ note }) => note),
      timestampFromUs(recorded.atUs),
      recorded.by,
    ],
  );
  return rowCount ?? 0;
}

interface AuditRow {
  audit_id: string;
  seed: string;
  population: unknown;
  strata: unknown;
  recorded_at: bigint;
  recorded_by: string;
}
const toAudit = (row: AuditRow): OutcomeAudit => ({
  auditId: row.audit_id,
  seed: row.seed,
  population: row.population,
  strata: row.strata,
  recordedAtUs: row.recorded_at,
  recordedBy: row.recorded_by,
});

type ItemRow = { ref: string; surrogate_id: string | null; stratum: number; place: number } & (
  | { version: null }
  | { version: number; is_valid: boolean; note: string | null; recorded_at: bigint; recorded_by: string }
);
