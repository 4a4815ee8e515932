import type { Client } from '../connection/database.ts';

/** What calls of a usage day were charged by a price row, net of corrections, and the tokens they used. */
export interface ChargedUsage {
  readonly priceId: string;
  /** `YYYY-MM-DD`. */
  readonly usageDay: string;
  readonly calls: bigint;
  readonly amountPico: bigint;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
}

/**
 * The usage that stands charged by these price rows, of the usage days in [from, to), by row and day. What was
 * re-priced by another row counts under that one alone. Tokens are those of the newest step records.
 */
export async function readChargedUsage(
  client: Client,
  tenantId: bigint,
  priceIds: readonly string[],
  days: { readonly from: string; readonly to: string },
): Promise<ChargedUsage[]> {
  if (priceIds.length === 0) return [];
  const { rows } = await client.query<{
    price_id: string;
    usage_day: string;
    calls: bigint;
    amount: string;
    input_tokens: string | null;
    output_tokens: string | null;
  }>(
    `
WITH charged AS (
  SELECT posting_id, usage_span_id, usage_day, price_id, -sum(amount) AS amount
    FROM ledger_entries
   WHERE tenant_id = $1 AND price_id = ANY ($2::uuid[]) AND usage_day >= $3::date AND usage_day < $4::date
   GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0
), step AS (
  SELECT DISTINCT ON (s.trace_id, s.started_at, s.span_id)
         s.trace_id, s.span_id, s.role, s.record::jsonb -> 'usage' -> 'tokens' AS tokens
    FROM steps s
    JOIN (SELECT DISTINCT posting_id, usage_span_id FROM charged) c
      ON c.posting_id = s.trace_id AND c.usage_span_id = s.span_id
   WHERE s.tenant_id = $1
   ORDER BY s.trace_id, s.started_at, s.span_id, s.revision DESC
)
SELECT c.price_id, to_char(c.usage_day, 'YYYY-MM-DD') AS usage_day, count(*) AS calls, sum(c.amount) AS amount,
       sum(t.input) AS input_tokens, sum(t.output) AS output_tokens
  FROM charged c
  LEFT JOIN step s ON s.trace_id = c.posting_id AND s.span_id = c.usage_span_id AND s.role = 'leaf'
  LEFT JOIN LATERAL (
    SELECT sum(value::numeric) FILTER (WHERE key NOT IN ('out_text', 'reasoning', 'audio_out', 'image_out')) AS input,
           sum(value::numeric) FILTER (WHERE key IN ('out_text', 'reasoning', 'audio_out', 'image_out')) AS output
      FROM jsonb_each_text(s.tokens)
  ) t ON true
 GROUP BY 1, 2 ORDER BY 1, 2`,
    [tenantId, priceIds, days.from, days.to],
  );
  return rows.map((row) => ({
    priceId: row.price_id,
    usageDay: row.usage_day,
    calls: row.calls,
    amountPico: BigInt(row.amount),
    inputTokens: BigInt(row.input_tokens ?? 0),
    outputTokens: BigInt(row.output_tokens ?? 0),
  }));
}
