import type { Ref } from '#model';
import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** Outcomes that are claimed: achieved, and final in [from, to). */
export interface ClaimedPopulation {
  readonly outcomeType: string;
  /** UTC days; `toDay` exclusive. */
  readonly fromDay: string;
  readonly toDay: string;
  readonly nowUs: bigint;
  /** Outcomes worth at least so much are strata of their own; null = worth makes no difference. */
  readonly highValue: { readonly amountPico: bigint; readonly asset: string } | null;
}

/** An outcome in the order of its stratum. */
export interface RankedOutcome {
  readonly ref: Ref;
  readonly segment: string | null;
  readonly tier: string | null;
  readonly isHighValue: boolean;
  /** 1 = drawn first. */
  readonly rank: number;
  /** Outcomes of the stratum. */
  readonly claimed: number;
}

/**
 * The first outcomes of each stratum (workflow of the first attempt, tier, high value or not) in the order of SHA-256
 * over the seed, a space and the work item's id: whoever has both can draw the same sample.
 *
 * @param perStratum how many of each at most
 * @returns by stratum, then rank
 */
export async function drawOutcomeSample(
  client: Client,
  tenantId: bigint,
  population: ClaimedPopulation,
  seed: string,
  perStratum: number,
): Promise<RankedOutcome[]> {
  const { rows } = await client.query<{
    ref: string;
    segment: string | null;
    tier: string | null;
    is_high: boolean;
    rank: bigint;
    claimed: bigint;
  }>(
    `WITH claimed AS (
       SELECT w.ref, w.surrogate_id, w.tier,
              coalesce(w.value_asset = $7::text AND w.value_amount >= $6::numeric, false) AS is_high,
              (SELECT a.workflow FROM attempts a WHERE a.tenant_id = $1 AND a.work_item_ref = w.ref
                ORDER BY a.started_at, a.trace_id, a.attempt_id LIMIT 1) AS segment
         FROM work_items w
        WHERE w.tenant_id = $1 AND w.outcome_type = $2 AND w.phase = 'achieved' AND w.final_at <= $5::timestamptz
          AND w.final_at >= $3::date::timestamptz AND w.final_at < $4::date::timestamptz
     ), ranked AS (
       SELECT ref, segment, tier, is_high,
              row_number() OVER (PARTITION BY segment, tier, is_high
                                 ORDER BY sha256(convert_to($8 || ' ' || surrogate_id, 'UTF8')), ref) AS rank,
              count(*) OVER (PARTITION BY segment, tier, is_high) AS claimed
         FROM claimed
     )
     SELECT * FROM ranked WHERE rank <= $9 ORDER BY segment COLLATE "C", tier COLLATE "C", is_high, rank`,
    [
      tenantId,
      population.outcomeType,
      population.fromDay,
      population.toDay,
      timestampFromUs(population.nowUs),
      population.highValue?.amountPico ?? null,
      population.highValue?.asset ?? null,
      seed,
      perStratum,
    ],
  );
  return rows.map((row) => ({
    ref: row.ref,
    segment: row.segment,
    tier: row.tier,
    isHighValue: row.is_high,
    rank: Number(row.rank),
    claimed: Number(row.claimed),
  }));
}
