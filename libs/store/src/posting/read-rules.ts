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

/** Texts that change whenever a rule or price is added. */
export interface RulesDigest {
  /** The tenant's rules and prices, shipped prices included. */
  readonly all: string;
  /** The shipped prices alone. */
  readonly shippedPrices: string;
}

/** Cheap, so that every posting can ask after its facts are committed and keep what it made of the rules till then. */
export async function readRulesDigest(db: Queryable, tenantId: bigint): Promise<RulesDigest> {
  const { rows } = await db.query<{ rules: string; shipped: string | null; own: string | null }>({
    name: 'read-rules-digest',
    text: `
SELECT concat_ws('/',
         (SELECT 'definitions=' || count(*) FROM definitions WHERE tenant_id = $1),
         (SELECT 'policies=' || count(*) FROM policies WHERE tenant_id = $1),
         (SELECT 'key_mappings=' || count(*) FROM key_mappings WHERE tenant_id = $1)) AS rules,
       string_agg(book || '@' || version, ',' ORDER BY book, version) FILTER (WHERE tenant_id = 0) AS shipped,
       string_agg(book || '@' || version, ',' ORDER BY book, version) FILTER (WHERE tenant_id = $1) AS own
  FROM price_books WHERE tenant_id IN (0, $1)`,
    values: [tenantId],
  });
  const { rules, shipped, own } = rows[0]!;
  const shippedPrices = shipped ?? '';
  return { all: `${rules}/shipped=${shippedPrices}/own=${own ?? ''}`, shippedPrices };
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
