import { effectiveRows } from './effective-rows.ts';
import { multiply, toPico, type Fraction } from './fraction.ts';
import type { PriceRow } from './price-row.ts';
import { costPerHour, inputsOfRate, paidHours } from './self-hosted-rate.ts';
import type { SelfHostedInputs } from './self-hosted-inputs.ts';

/** A stretch of time in which one rate of one installation is in force, and what it costs, used or not. */
export interface CapacitySpan {
  readonly row: PriceRow;
  readonly fromNs: bigint;
  readonly toNs: bigint;
  readonly hours: Fraction;
  readonly costPico: bigint;
}

interface Rate {
  readonly row: PriceRow;
  readonly inputs: SelfHostedInputs;
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
}

/**
 * What the installations behind self-hosted rates cost from one time to another, whether they did anything or not:
 * at every time the rate that would price a call then. The cost of a span is rounded half-even once.
 *
 * @param rows of all versions; rows that are no self-hosted rates are left out
 * @returns spans by provider, model and start; none for the time no rate covers
 */
export function capacitySpans(rows: readonly PriceRow[], fromNs: bigint, toNs: bigint): CapacitySpan[] {
  const installations = new Map<string, Rate[]>();
  for (const row of effectiveRows(rows)) {
    const inputs = inputsOfRate(row);
    if (inputs === null) continue;
    const rate = { row, inputs, fromNs: nsOf(row.validFrom), toNs: nsOf(row.validTo) };
    const key = JSON.stringify([row.provider, row.model]);
    const known = installations.get(key);
    if (known === undefined) installations.set(key, [rate]);
    else known.push(rate);
  }
  return [...installations]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, rates]) => spansOf(rates, fromNs, toNs));
}

function spansOf(rates: readonly Rate[], fromNs: bigint, toNs: bigint): CapacitySpan[] {
  const turns = rates
    .flatMap((rate) => [rate.fromNs, rate.toNs])
    .filter((at): at is bigint => at !== null && at > fromNs && at < toNs);
  const times = [...new Set([fromNs, ...turns, toNs])].sort((a, b) => (a < b ? -1 : 1));
  const stretches: { rate: Rate; fromNs: bigint; toNs: bigint }[] = [];
  for (const [index, start] of times.slice(0, -1).entries()) {
    const rate = inForce(rates, start);
    const end = times[index + 1]!;
    const last = stretches.at(-1);
    if (rate === null) continue;
    if (last?.rate === rate && last.toNs === start) last.toNs = end;
    else stretches.push({ rate, fromNs: start, toNs: end });
  }
  return stretches.map(({ rate, ...time }) => {
    const hours = paidHours(rate.inputs, time.toNs - time.fromNs);
    return { row: rate.row, ...time, hours, costPico: toPico(multiply(costPerHour(rate.inputs), hours)) };
  });
}

/** Of the rates that hold at a time the one with the latest start, as for a call. */
function inForce(rates: readonly Rate[], atNs: bigint): Rate | null {
  return rates
    .filter(({ fromNs, toNs }) => (fromNs === null || fromNs <= atNs) && (toNs === null || atNs < toNs))
    .reduce<Rate | null>(
      (best, rate) => (best === null || startOf(rate) > startOf(best) ? rate : best),
      null,
    );
}

/** No rate begins before the epoch but one that begins with time. */
const startOf = ({ fromNs }: Rate): bigint => fromNs ?? -1n;
const nsOf = (text: string | null): bigint | null =>
  text === null ? null : BigInt(Date.parse(text)) * 1_000_000n;
