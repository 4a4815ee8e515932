import type { Client, Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** A dated exchange rate as it was told: units of `quote` for one of `base`, from a UTC day on. */
export interface FxRateRow {
  readonly base: string;
  readonly quote: string;
  readonly day: string;
  readonly source: string;
  readonly version: number;
  readonly rate: string;
  readonly toldAtUs: bigint | null;
  readonly createdAtUs: bigint;
  readonly createdBy: string;
}

type NewRate = Omit<FxRateRow, 'version' | 'createdAtUs' | 'createdBy'>;

/**
 * Stores rates as the next versions of their pair, day and source, with one leaf; a rate that says what the newest
 * version says already makes none.
 *
 * @returns how many were new
 */
export async function recordFxRates(
  client: Client,
  tenantId: bigint,
  recorded: { readonly atUs: bigint; readonly by: string; readonly leaf: Buffer },
  rates: readonly NewRate[],
): Promise<number> {
  await holdFxRates(client, tenantId);
  const at = timestampFromUs(recorded.atUs);
  let stored = 0;
  for (const rate of rates) {
    const { rowCount } = await client.query(
      `INSERT INTO fx_rates (tenant_id, base, quote, day, source, version, rate, told_at, created_at, created_by)
       SELECT $1, $2, $3, $4::date, $5, coalesce(n.version, 0) + 1, $6, $7, $8, $9
         FROM (SELECT 1) one LEFT JOIN LATERAL (
           SELECT version, rate FROM fx_rates
            WHERE tenant_id = $1 AND base = $2 AND quote = $3 AND day = $4::date AND source = $5
            ORDER BY version DESC LIMIT 1) n ON true
        WHERE n.rate IS DISTINCT FROM $6`,
      [
        tenantId,
        rate.base,
        rate.quote,
        rate.day,
        rate.source,
        rate.rate,
        rate.toldAtUs === null ? null : timestampFromUs(rate.toldAtUs),
        at,
        recorded.by,
      ],
    );
    stored += rowCount ?? 0;
  }
  if (stored > 0)
    await client.query(
      `INSERT INTO evidence_inbox (tenant_id, kind, subject_id, body, recorded_at) VALUES ($1, 'fx.rate', 'fx_rates', $2, $3)`,
      [tenantId, recorded.leaf, at],
    );
  return stored;
}

/** Lets nobody else record rates of the tenant until the transaction ends. */
export async function holdFxRates(client: Client, tenantId: bigint): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`fx_rates ${tenantId}`]);
}

/** Rates by pair, day, source and version, after one; `createdBeforeUs` leaves out those told later. */
export async function listFxRates(
  db: Queryable,
  tenantId: bigint,
  filter: {
    readonly base?: string | undefined;
    readonly quote?: string | undefined;
    readonly createdBeforeUs?: bigint | undefined;
    readonly after?: readonly [string, string, string, string, number] | undefined;
    readonly limit: number;
  },
): Promise<FxRateRow[]> {
  const { after } = filter;
  const { rows } = await db.query<{
    base: string;
    quote: string;
    day: string;
    source: string;
    version: number;
    rate: string;
    told_at: bigint | null;
    created_at: bigint;
    created_by: string;
  }>(
    `SELECT base, quote, day, source, version, rate, told_at, created_at, created_by FROM fx_rates
      WHERE tenant_id = $1 AND ($2::text IS NULL OR base = $2) AND ($3::text IS NULL OR quote = $3)
        AND ($4::timestamptz IS NULL OR created_at <= $4)
        AND ($5::text IS NULL OR (base, quote, day, source, version) > ($5, $6::text, $7::date, $8::text, $9::integer))
      ORDER BY base, quote, day, source, version LIMIT $10`,
    [
      tenantId,
      filter.base ?? null,
      filter.quote ?? null,
      filter.createdBeforeUs === undefined ? null : timestampFromUs(filter.createdBeforeUs),
      after?.[0] ?? null,
      after?.[1] ?? null,
      after?.[2] ?? null,
      after?.[3] ?? null,
      after?.[4] ?? null,
      filter.limit,
    ],
  );
  return rows.map((row) => ({
    base: row.base,
    quote: row.quote,
    day: row.day,
    source: row.source,
    version: row.version,
    rate: row.rate,
    toldAtUs: row.told_at,
    createdAtUs: row.created_at,
    createdBy: row.created_by,
  }));
}
