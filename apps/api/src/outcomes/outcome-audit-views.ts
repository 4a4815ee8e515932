import { estimateVerified, outwardRange, type AuditedStratum } from '#economics';
import { formatPico, parsePico, parseRef, roundHalfEven } from '#model';
import type { AuditedItem, OutcomeAudit } from '#store';
import { z } from 'zod';
import { Day } from '../reports/report-query.ts';
import { formatWireTime, Money, Time } from '../wire.ts';

const Decimal = z.string().regex(/^\d{1,18}(\.\d{1,12})?$/, 'must be a decimal string, as "100"');

export const AuditBody = z
  .strictObject({
    outcomeType: z.string().min(1).max(127),
    from: Day,
    to: Day,
    sampleSize: z.int().min(1).max(2000),
    minimumPerStratum: z.int().min(1).max(100).default(2),
    highValue: z
      .strictObject({ amount: Decimal, currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code') })
      .nullish()
      .meta({ description: 'Outcomes worth at least so much are strata of their own' }),
    seed: z
      .string()
      .regex(/^[\w.:-]{1,128}$/, 'must be 1 to 128 of letters, digits, "_", ".", ":" and "-"')
      .optional()
      .meta({ description: 'Absent: a random one; it is kept either way' }),
  })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'must be after from' })
  .meta({ id: 'NewOutcomeAudit' });

export const VerdictsBody = z
  .strictObject({
    verdicts: z
      .array(
        z.strictObject({
          kind: z.string().min(1).max(63),
          key: z.string().min(1).max(512),
          valid: z.boolean().meta({ description: 'Whether the outcome is real' }),
          note: z.string().min(1).max(2000).nullish(),
        }),
      )
      .min(1)
      .max(2000),
  })
  .meta({ id: 'NewOutcomeVerdicts' });

/** What was asked for and what was found, as it is stored. */
export const Population = z.object({
  outcomeType: z.string(),
  from: z.string(),
  to: z.string(),
  highValue: z.object({ amount: z.string(), currency: z.string() }).nullable(),
  claimed: z.int(),
  costUsd: Money.nullable().meta({ description: 'Of all items settled in the range, achieved or not' }),
  bound: z.literal('lower').optional(),
});
export const Stratum = z.object({
  segment: z.string().nullable().meta({ description: "Workflow of the item's first attempt" }),
  tier: z.string().nullable(),
  highValue: z.boolean(),
  claimed: z.int(),
  sampled: z.int(),
});
const Strata = z.array(Stratum);

const Estimate = z
  .object({
    verified: z.string().meta({ description: 'Σ claimed × share that stood; decimal, rounded half even' }),
    low: z.string().meta({ description: '95 %, rounded outward' }),
    high: z.string(),
    variance: z.string().meta({ description: 'With the finite population correction, rounded up' }),
    share: z.string().meta({ description: 'verified / claimed' }),
    costPerVerifiedUsd: Money.nullable(),
    costPerVerifiedUsdLow: Money.nullable(),
    costPerVerifiedUsdHigh: Money.nullable(),
    grade: z.enum(['estimated', 'incomplete']),
  })
  .meta({ id: 'VerifiedOutcomes' });

export const AuditView = z
  .object({
    auditId: z.guid(),
    seed: z.string(),
    population: Population,
    strata: z.array(Stratum.extend({ reviewed: z.int(), valid: z.int() })),
    result: Estimate.nullable().meta({
      description: 'null until every stratum has a verdict: what nobody looked at is not estimated',
    }),
    recordedAt: Time,
    recordedBy: z.guid(),
  })
  .meta({ id: 'OutcomeAudit' });

export const AuditDetail = AuditView.extend({
  items: z.array(
    z.object({
      kind: z.string(),
      key: z.string(),
      workItemId: z.guid().nullable(),
      stratum: z.int().meta({ description: 'Place in strata, from 0' }),
      verdict: z
        .object({
          version: z.int(),
          valid: z.boolean(),
          note: z.string().nullable(),
          recordedAt: Time,
          recordedBy: z.guid(),
        })
        .nullable(),
    }),
  ),
}).meta({ id: 'OutcomeAuditDetail' });

export const AuditPage = z
  .object({ items: z.array(AuditView), next: z.string().nullable() })
  .meta({ id: 'OutcomeAuditPage' });

export function toAuditView(audit: OutcomeAudit, items: readonly AuditedItem[]): z.infer<typeof AuditView> {
  const population = Population.parse(audit.population);
  const strata = Strata.parse(audit.strata).map((stratum, index) => {
    const reviewed = items.filter((item) => item.stratum === index && item.verdict !== null);
    const valid = reviewed.filter(({ verdict }) => verdict!.isValid).length;
    return { ...stratum, reviewed: reviewed.length, valid };
  });
  return {
    auditId: audit.auditId,
    seed: audit.seed,
    population,
    strata,
    result: toEstimate(population, strata),
    recordedAt: formatWireTime(audit.recordedAtUs),
    recordedBy: audit.recordedBy,
  };
}

const MICRO = 1_000_000n;
const formatMicro = (micro: bigint): string => formatPico(micro * MICRO);

function toEstimate(
  { claimed, costUsd, bound }: z.infer<typeof Population>,
  strata: readonly AuditedStratum[],
): z.infer<typeof Estimate> | null {
  const estimate = estimateVerified(strata);
  if (estimate === null) return null;
  const { numerator, denominator } = estimate.verified;
  const { lowMicro, highMicro } = outwardRange(estimate.interval);
  const costPico = costUsd === null ? null : parsePico(costUsd)!;
  /** Of so many millionths of an outcome; null where it could be none. */
  const costPer = (micro: bigint, isUp: boolean): string | null => {
    if (costPico === null || micro === 0n) return null;
    return formatPico((costPico * MICRO + (isUp ? micro - 1n : 0n)) / micro);
  };
  return {
    verified: formatMicro(roundHalfEven(numerator * MICRO, denominator)),
    low: formatMicro(lowMicro),
    high: formatMicro(highMicro),
    variance: formatMicro(outwardRange({ low: 0, high: estimate.variance }).highMicro),
    share: formatMicro(roundHalfEven(numerator * MICRO, denominator * BigInt(claimed))),
    costPerVerifiedUsd:
      costPico === null || numerator === 0n
        ? null
        : formatPico(roundHalfEven(costPico * denominator, numerator)),
    costPerVerifiedUsdLow: costPer(highMicro, false),
    costPerVerifiedUsdHigh: costPer(lowMicro, true),
    grade: costUsd === null || bound !== undefined ? 'incomplete' : 'estimated',
  };
}

export function toAuditDetail(
  audit: OutcomeAudit,
  items: readonly AuditedItem[],
): z.infer<typeof AuditDetail> {
  return {
    ...toAuditView(audit, items),
    items: items.map(({ ref, surrogateId, stratum, verdict }) => ({
      kind: parseRef(ref).kind,
      key: parseRef(ref).key,
      workItemId: surrogateId,
      stratum,
      verdict:
        verdict === null
          ? null
          : {
              version: verdict.version,
              valid: verdict.isValid,
              note: verdict.note,
              recordedAt: formatWireTime(verdict.recordedAtUs),
              recordedBy: verdict.recordedBy,
            },
    })),
  };
}
