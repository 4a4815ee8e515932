import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { SETTING_LEAVES, type SettingTable } from './read-settings.ts';

export interface NewSetting {
  readonly table: SettingTable;
  readonly name: string;
  readonly validFromUs: bigint | null;
  /** Canonical JSON text. */
  readonly rule: string;
  readonly recordedAtUs: bigint;
  readonly createdBy: string;
  /** The leaf of the version that this becomes. */
  readonly leaf: (version: number) => Buffer;
}

const FACT_KINDS = {
  definitions: 'definition',
  policies: 'policy',
  key_mappings: 'key_mapping',
  baselines: null,
};

/**
 * Stores the next version of a setting with its evidence row and, where it can move figures, its fact, in the
 * caller's transaction. The same rule with the same date as the newest version makes no new one.
 *
 * @returns the version, and whether it was made by this call
 */
export async function recordSetting(
  client: Client,
  tenantId: bigint,
  setting: NewSetting,
): Promise<{ version: number; isNew: boolean }> {
  // Versions of one name are numbered one after the other; the key is the primary key's, so nothing else waits.
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `${setting.table} ${tenantId} ${setting.name}`,
  ]);
  const validFrom = setting.validFromUs === null ? null : timestampFromUs(setting.validFromUs);
  const { rows } = await client.query<{ version: number; is_same: boolean }>(
    `SELECT version, (rule = $3::jsonb AND valid_from IS NOT DISTINCT FROM $4::timestamptz) AS is_same
     FROM ${setting.table} WHERE tenant_id = $1 AND name = $2 ORDER BY version DESC LIMIT 1`,
    [tenantId, setting.name, setting.rule, validFrom],
  );
  const newest = rows[0];
  if (newest?.is_same === true) return { version: newest.version, isNew: false };
  const version = (newest?.version ?? 0) + 1;
  const recordedAt = timestampFromUs(setting.recordedAtUs);
  await client.query(
    `INSERT INTO ${setting.table} (tenant_id, name, version, valid_from, rule, created_at, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [tenantId, setting.name, version, validFrom, setting.rule, recordedAt, setting.createdBy],
  );
  await client.query(
    `INSERT INTO evidence_inbox (tenant_id, kind, subject_id, body, recorded_at) VALUES ($1, $2, $3, $4, $5)`,
    [
      tenantId,
      SETTING_LEAVES[setting.table],
      `${setting.name}@${version}`,
      setting.leaf(version),
      recordedAt,
    ],
  );
  const factKind = FACT_KINDS[setting.table];
  if (factKind !== null)
    await client.query(
      `INSERT INTO fact_inbox (tenant_id, kind, cause, detail, recorded_at) VALUES ($1, $2, $3, $4, $5)`,
      [
        tenantId,
        factKind,
        `${factKind}:${setting.name}@${version}`,
        JSON.stringify({ name: setting.name, version }),
        recordedAt,
      ],
    );
  return { version, isNew: true };
}
