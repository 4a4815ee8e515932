import type { Queryable } from '../connection/database.ts';

/** Who wrote spans, by the id that other tables name it with. */
export interface EmitterRow {
  readonly emitterId: string;
  readonly service: string;
  readonly scope: string;
  readonly scopeVersion: string;
  readonly dialect: string;
}

/** Makes emitters known; those that are known already stay as they are. */
export async function insertEmitters(
  db: Queryable,
  tenantId: bigint,
  emitters: readonly EmitterRow[],
): Promise<void> {
  if (emitters.length === 0) return;
  const sorted = emitters.toSorted((a, b) => (a.emitterId < b.emitterId ? -1 : 1));
  await db.query({
    name: 'insert-emitters',
    text: `
INSERT INTO emitters (tenant_id, emitter_id, service, scope, scope_version, dialect)
SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
ON CONFLICT DO NOTHING`,
    values: [
      tenantId,
      sorted.map(({ emitterId }) => emitterId),
      sorted.map(({ service }) => service),
      sorted.map(({ scope }) => scope),
      sorted.map(({ scopeVersion }) => scopeVersion),
      sorted.map(({ dialect }) => dialect),
    ],
  });
}

export interface EmitterFilter {
  /** First UTC day, and the day after the last one. */
  readonly fromDay: string;
  readonly toDay: string;
  readonly service: string | null;
  readonly scope: string | null;
  readonly scopeVersion: string | null;
  readonly dialect: string | null;
  readonly after: EmitterRow | null;
  readonly limit: number;
}

/** Emitters that wrote a step which starts in the period, by service, scope, version, dialect and id. */
export async function listEmitters(
  db: Queryable,
  tenantId: bigint,
  filter: EmitterFilter,
): Promise<EmitterRow[]> {
  const { after } = filter;
  const { rows } = await db.query<Row>(
    `
SELECT e.emitter_id, e.service, e.scope, e.scope_version, e.dialect
  FROM emitters e
 WHERE e.tenant_id = $1
   AND ($4::text IS NULL OR e.service = $4) AND ($5::text IS NULL OR e.scope = $5)
   AND ($6::text IS NULL OR e.scope_version = $6) AND ($7::text IS NULL OR e.dialect = $7)
   AND ($8::uuid IS NULL OR (e.service COLLATE "C", e.scope COLLATE "C", e.scope_version COLLATE "C",
        e.dialect COLLATE "C", e.emitter_id) > ($9::text, $10::text, $11::text, $12::text, $8::uuid))
   AND e.emitter_id IN (SELECT d.emitter_id FROM quality_days d
                         WHERE d.tenant_id = $1 AND d.day >= $2::date AND d.day < $3::date
                         GROUP BY d.emitter_id, d.measure HAVING sum(d.n) > 0)
 ORDER BY e.service COLLATE "C", e.scope COLLATE "C", e.scope_version COLLATE "C", e.dialect COLLATE "C", e.emitter_id
 LIMIT $13`,
    [
      tenantId,
      filter.fromDay,
      filter.toDay,
      filter.service,
      filter.scope,
      filter.scopeVersion,
      filter.dialect,
      after?.emitterId ?? null,
      after?.service ?? null,
      after?.scope ?? null,
      after?.scopeVersion ?? null,
      after?.dialect ?? null,
      filter.limit,
    ],
  );
  return rows.map(fromRow);
}

/** Emitters by their ids; ids nobody knows are left out. */
export async function readEmitters(
  db: Queryable,
  tenantId: bigint,
  emitterIds: readonly string[],
): Promise<EmitterRow[]> {
  if (emitterIds.length === 0) return [];
  const { rows } = await db.query<Row>(
    `SELECT emitter_id, service, scope, scope_version, dialect FROM emitters
      WHERE tenant_id = $1 AND emitter_id = ANY ($2::uuid[])`,
    [tenantId, emitterIds],
  );
  return rows.map(fromRow);
}

interface Row {
  emitter_id: string;
  service: string;
  scope: string;
  scope_version: string;
  dialect: string;
}

const fromRow = (row: Row): EmitterRow => ({
  emitterId: row.emitter_id,
  service: row.service,
  scope: row.scope,
  scopeVersion: row.scope_version,
  dialect: row.dialect,
});
