import type { Queryable } from '../connection/database.ts';

/** One dated version of a setting. */
export interface SettingVersion {
  readonly name: string;
  readonly version: number;
  readonly validFromUs: bigint | null;
  readonly rule: unknown;
}

export interface TenantRules {
  readonly definitions: readonly SettingVersion[];
  readonly policies: readonly SettingVersion[];
  readonly keyMappings: readonly SettingVersion[];
}

/**
 * A text that changes whenever a rule or price of the tenant is added; cheap, so that every posting can ask
 * for it after its facts are committed and keep what it made of the rules until it changes.
 */
export async function readRulesDigest(db: Queryable, tenantId: bigint): Promise<string> {
  const { rows } = await db.query<{ digest: string }>({
    name: 'read-rules-digest',
    text: `
SELECT concat_ws('/',
  (SELECT count(*) FROM definitions WHERE tenant_id = $1), (SELECT count(*) FROM policies WHERE tenant_id = $1),
  (SELECT count(*) FROM key_mappings WHERE tenant_id = $1),
  (SELECT string_agg(tenant_id || ':' || book || '@' || version, ',' ORDER BY tenant_id, book, version)
     FROM price_books WHERE tenant_id IN (0, $1))) AS digest`,
    values: [tenantId],
  });
  return rows[0]!.digest;
}

/** All versions of the tenant's rules, ordered by name and version. The shipped ones (version 0) are code. */
export async function readTenantRules(db: Queryable, tenantId: bigint): Promise<TenantRules> {
  const { rows } = await db.query<{
    place: string;
    name: string;
    version: number;
    valid_from: bigint | null;
    rule: unknown;
  }>({
    name: 'read-tenant-rules',
    text: `
SELECT 'definition' AS place, name, version, valid_from, rule FROM definitions WHERE tenant_id = $1
UNION ALL SELECT 'policy', name, version, valid_from, rule FROM policies WHERE tenant_id = $1
UNION ALL SELECT 'key_mapping', name, version, valid_from, rule FROM key_mappings WHERE tenant_id = $1
ORDER BY place, name, version`,
    values: [tenantId],
  });
  const of = (place: string): SettingVersion[] =>
    rows
      .filter((row) => row.place === place)
      .map((row) => ({ name: row.name, version: row.version, validFromUs: row.valid_from, rule: row.rule }));
  return { definitions: of('definition'), policies: of('policy'), keyMappings: of('key_mapping') };
}
