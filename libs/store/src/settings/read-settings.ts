import type { Queryable } from '../connection/database.ts';

/** Tables of settings that are dated versions, never updated. */
export type SettingTable = 'definitions' | 'policies' | 'key_mappings' | 'baselines';

/** Kinds of the leaves that commit to versions. */
export const SETTING_LEAVES: Readonly<Record<SettingTable, string>> = {
  definitions: 'definition',
  policies: 'policy',
  key_mappings: 'key_mapping',
  baselines: 'baseline',
};

/** One version of a setting. In force for a business time: the highest version whose `validFromUs` is not after it. */
export interface Setting {
  readonly name: string;
  readonly version: number;
  /** Microseconds since the epoch; null = from the beginning. */
  readonly validFromUs: bigint | null;
  readonly rule: unknown;
  readonly createdAtUs: bigint;
  readonly createdBy: string | null;
}

/**
 * Every version of every setting of a table, by name, then version.
 *
 * @param size only versions whose leaf is one of the first `size` of the log; null = all there are
 */
export async function readSettings(
  db: Queryable,
  tenantId: bigint,
  table: SettingTable,
  size: number | null = null,
): Promise<Setting[]> {
  const { rows } = await db.query<{
    name: string;
    version: number;
    valid_from: bigint | null;
    rule: unknown;
    created_at: bigint;
    created_by: string | null;
  }>(
    `SELECT name, version, valid_from, rule, created_at, created_by FROM ${table} s
      WHERE tenant_id = $1
        AND ($2::bigint IS NULL OR EXISTS (
              SELECT FROM leaves l WHERE l.tenant_id = $1 AND l.subject_id = s.name || '@' || s.version
                 AND l.kind = $3 AND l.idx < $2))
      ORDER BY name, version`,
    [tenantId, size, SETTING_LEAVES[table]],
  );
  return rows.map((row) => ({
    name: row.name,
    version: row.version,
    validFromUs: row.valid_from,
    rule: row.rule,
    createdAtUs: row.created_at,
    createdBy: row.created_by,
  }));
}
