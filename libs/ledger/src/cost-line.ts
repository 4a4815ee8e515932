import { MAX_AMOUNT, roundHalfEven, type Asset, type SpanId } from '#model';
import { hourlyRate, type LabourRates } from './labour-rates.ts';

/** What is paid for a work item beside the calls of agents (methods.md 0.5). */
export const COST_LINE_KINDS = [
  'human',
  'tool_fee',
  'bpo_handoff',
  'platform_fee',
  'infrastructure',
] as const;
export type CostLineKind = (typeof COST_LINE_KINDS)[number];

/** Milliseconds of the units that are time. */
export const TIME_UNITS = { second: 1000n, minute: 60_000n, hour: 3_600_000n } as const;
export const isTimeUnit = (unit: string): unit is keyof typeof TIME_UNITS => Object.hasOwn(TIME_UNITS, unit);

/** One cost line of a work item, as it was told; prices are found when it is posted. */
export interface CostLine {
  /** Names the line among the usages of its posting: 64 bits, 16 hex digits. */
  readonly usageId: SpanId;
  readonly kind: CostLineKind;
  /** Who told it. */
  readonly source: string;
  /** The provider that bills it; null = imputed. */
  readonly biller: string | null;
  readonly occurredAtUs: bigint;
  /** The attempt it was for; null = the item as a whole. */
  readonly attemptId: string | null;
  /** In millionths of `unit`. */
  readonly quantityMicro: bigint | null;
  readonly unit: string | null;
  readonly role: string | null;
  readonly rate: { readonly picoPerUnit: bigint; readonly asset: Asset } | null;
  readonly amount: { readonly amountPico: bigint; readonly asset: Asset } | null;
}

/** A line with what it costs, or why that is not known. Never 0 for unknown. */
export type LineCharge =
  | {
      readonly state: 'priced';
      readonly asset: Asset;
      readonly amountPico: bigint;
      /** A rate that the customer put in makes the amount an assumption; a bill or a fee is metered. */
      readonly grade: 'metered' | 'assumed';
    }
  | { readonly state: 'unpriced'; readonly reason: 'no_rate_for_role' | 'no_rate' | 'amount_too_large' };

/**
 * What a line costs: its own amount, else quantity x its own rate, else its time x the rate of its role. Rounded
 * half-even to the pico, once.
 *
 * @param rates the labour rates in force when it occurred; null = none
 */
export function priceLine(line: CostLine, rates: LabourRates | null): LineCharge {
  const charge = chargeOf(line, rates);
  return charge.state === 'priced' && charge.amountPico > MAX_AMOUNT
    ? { state: 'unpriced', reason: 'amount_too_large' }
    : charge;
}

function chargeOf(line: CostLine, rates: LabourRates | null): LineCharge {
  if (line.amount !== null) return { state: 'priced', ...line.amount, grade: 'metered' };
  const { quantityMicro, unit, role } = line;
  const grade = line.biller === null ? 'assumed' : 'metered';
  if (quantityMicro !== null && line.rate !== null) {
    const amountPico = roundHalfEven(quantityMicro * line.rate.picoPerUnit, 1_000_000n);
    return { state: 'priced', asset: line.rate.asset, amountPico, grade };
  }
  if (quantityMicro === null || unit === null || role === null || !isTimeUnit(unit))
    return { state: 'unpriced', reason: 'no_rate' };
  const rate = rates === null ? null : hourlyRate(rates, role);
  if (rate === null) return { state: 'unpriced', reason: 'no_rate_for_role' };
  const durationMicroMs = quantityMicro * TIME_UNITS[unit];
  const amountPico = roundHalfEven(rate.picoPerHour * durationMicroMs, TIME_UNITS.hour * 1_000_000n);
  return { state: 'priced', asset: rate.asset, amountPico, grade };
}

/** Time of a line in milliseconds, rounded half-even; null for a line that is not about time. */
export function timeOfLine({ quantityMicro, unit }: CostLine): bigint | null {
  if (quantityMicro === null || unit === null || !isTimeUnit(unit)) return null;
  return roundHalfEven(quantityMicro * TIME_UNITS[unit], 1_000_000n);
}
