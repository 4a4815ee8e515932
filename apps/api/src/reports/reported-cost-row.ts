import { formatPico, roundHalfEven } from '#model';
import type { ReportedCostExample, ReportedCostKey, ReportedCostRow as StoredRow } from '#store';
import { z } from 'zod';
import { formatWireTime, Money, Time } from '../wire.ts';

/** Emitters write doubles, whose exact decimals may go below a pico. */
export const ExactDecimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .meta({ description: 'Exact decimal, with as many places as the emitters wrote' });

const ReportedCostExampleView = z
  .object({
    traceId: z.string(),
    spanId: z.string(),
    at: Time,
    reportedUsd: ExactDecimal,
    computedUsd: Money,
    differenceUsd: ExactDecimal,
  })
  .meta({ id: 'ReportedCostExample' });

export const ReportedCostRow = z
  .object({
    group: z.record(z.string(), z.string().nullable()),
    calls: z.int().meta({ description: 'Calls with a reported cost' }),
    reportedUsd: ExactDecimal.nullable().meta({ description: 'All that is reported; null without any' }),
    compared: z
      .object({
        calls: z.int(),
        reportedUsd: ExactDecimal.nullable(),
        computedUsd: Money.nullable().meta({ description: 'What stands in the ledger for the same calls' }),
        differenceUsd: ExactDecimal.nullable().meta({ description: 'reported - computed' }),
        relativeDifference: z
          .string()
          .nullable()
          .meta({ description: 'differenceUsd / computedUsd to 6 places; null where computed is 0' }),
        callsOffByMoreThan5Percent: z.int(),
      })
      .meta({ description: 'Calls whose charge is known: both sums are over the same calls' }),
    notCompared: z
      .object({
        calls: z.int(),
        reportedUsd: ExactDecimal.nullable(),
        byReason: z.record(z.string(), z.int()),
      })
      .meta({ description: 'Calls whose charge is not known, or not in US dollars: unknown is not 0' }),
    zeroReportedWithTokens: z
      .int()
      .meta({ description: 'Calls that report a cost of 0 beside tokens: not reported, not free' }),
    examples: z.array(ReportedCostExampleView),
  })
  .meta({ id: 'ReportedCostRow' });
export type ReportedCostRow = z.infer<typeof ReportedCostRow>;

/** One group of the report; money is null where no call stands behind it. */
export function toReportedCostRow(
  row: StoredRow,
  keys: readonly ReportedCostKey[],
  examples: readonly ReportedCostExample[],
): ReportedCostRow {
  const isCompared = row.comparedCalls > 0n;
  const difference = differenceOf(row.comparedReported, row.computedPico);
  return {
    group: Object.fromEntries(keys.map((key, index) => [key, row.group[index] ?? null])),
    calls: Number(row.calls),
    reportedUsd: row.calls === 0n ? null : trimmed(row.reported),
    compared: {
      calls: Number(row.comparedCalls),
      reportedUsd: isCompared ? trimmed(row.comparedReported) : null,
      computedUsd: isCompared ? formatPico(row.computedPico) : null,
      differenceUsd: isCompared ? difference : null,
      relativeDifference: isCompared ? ratioOf(difference, row.computedPico) : null,
      callsOffByMoreThan5Percent: Number(row.differingCalls),
    },
    notCompared: {
      calls: Number(row.uncomputedCalls),
      reportedUsd: row.uncomputedCalls === 0n ? null : trimmed(row.uncomputedReported),
      byReason: { ...row.uncomputed },
    },
    zeroReportedWithTokens: Number(row.zeroWithTokens),
    examples: examples.map((example) => ({
      traceId: example.traceId,
      spanId: example.spanId,
      at: formatWireTime(example.startedAtUs),
      reportedUsd: trimmed(example.reported),
      computedUsd: formatPico(example.computedPico),
      differenceUsd: differenceOf(example.reported, example.computedPico),
    })),
  };
}

/** "0.10" -> "0.1", "3.000" -> "3": PostgreSQL gives a sum the places of its longest summand. */
function trimmed(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}

/** The places that a decimal text has. */
const placesOf = (decimal: string): number => decimal.length - 1 - (decimal + '.').indexOf('.');

/** Decimal text minus pico-units, exactly, with whatever places the text has. */
export function differenceOf(decimal: string, pico: bigint): string {
  const places = Math.max(12, placesOf(trimmed(decimal)));
  const difference = scaled(trimmed(decimal), places) - pico * 10n ** BigInt(places - 12);
  return unscaled(difference, places);
}

/** A decimal text as a whole number of 10^-places. */
function scaled(decimal: string, places: number): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.padEnd(places, '0'));
}

function unscaled(value: bigint, places: number): string {
  const sign = value < 0n ? '-' : '';
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0');
  return sign + trimmed(`${digits.slice(0, -places)}.${digits.slice(-places)}`);
}

/** Decimal text over pico-units to 6 places, half-even; null over 0. */
export function ratioOf(decimal: string, pico: bigint): string | null {
  if (pico === 0n) return null;
  const places = Math.max(12, placesOf(decimal));
  const millionths = roundHalfEven(scaled(decimal, places) * 1_000_000n, pico * 10n ** BigInt(places - 12));
  return formatPico(millionths * 1_000_000n);
}
