import { dividePico, formatPico } from '#model';
import { capacitySpans, type PriceRow } from '#pricing';
import type { ChargedUsage } from '#store';
import { z } from 'zod';
import { columnsOf } from '#files';
import type { ReportTable } from '../formats/report-file.ts';
import { Money, Ratio } from '../wire.ts';
import { tieOutBeside } from './cost-table.ts';
import { TieOut } from './tie-out.ts';

const CapacityRow = z
  .object({
    provider: z.string(),
    model: z.string(),
    currency: z.string(),
    day: z.string().nullable().meta({ description: 'The usage day, where grouped by it' }),
    capacityCost: Money.meta({ description: 'What the hours cost, used or not' }),
    calls: z.int(),
    inputTokens: z.string(),
    outputTokens: z.string(),
    charged: Money.meta({ description: 'What stands charged for the tokens that were used' }),
    idle: Money.meta({
      description:
        'capacityCost - charged: what nobody used; less than 0 where more was done than the practical capacity',
    }),
    usedShare: Ratio.nullable().meta({
      description: 'charged / capacityCost: the share of the practical capacity; null: it cost nothing',
    }),
    rates: z.array(
      z.object({ priceId: z.guid(), version: z.int(), from: z.string(), to: z.string(), cost: Money }),
    ),
  })
  .meta({ id: 'SelfHostedCapacityRow' });
type CapacityRow = z.infer<typeof CapacityRow>;

const CapacityTotal = z
  .object({ currency: z.string(), capacityCost: Money, charged: Money, idle: Money })
  .meta({ id: 'SelfHostedCapacityTotal' });

export const CapacityReport = z
  .object({
    from: z.string(),
    to: z.string(),
    until: z
      .string()
      .meta({ description: 'Where capacity is counted up to: `to`, or now if that is before' }),
    rows: z.array(CapacityRow),
    totals: z.array(CapacityTotal),
    grade: z.literal('assumed').meta({ description: 'Cost and throughput are what the tenant declared' }),
    tieOut: TieOut.meta({
      description: 'What of all that was metered in US dollars is charged by these rates',
    }),
  })
  .meta({ id: 'SelfHostedCapacityReport' });
export type CapacityReport = z.infer<typeof CapacityReport>;

const DAY_NS = 86_400_000_000_000n;

export interface CapacityQuestion {
  /** UTC days, `from` inclusive, `to` exclusive. */
  readonly from: string;
  readonly to: string;
  readonly isByDay: boolean;
  readonly nowNs: bigint;
}

interface Tally {
  readonly provider: string;
  readonly model: string;
  readonly currency: string;
  readonly day: string | null;
  capacityPico: bigint;
  chargedPico: bigint;
  calls: bigint;
  inputTokens: bigint;
  outputTokens: bigint;
  rates: CapacityRow['rates'];
}

/**
 * Sets what installations cost against what their usage was charged: idle capacity, on a line of its own and in no
 * cost per outcome (methods 2.7). Pure. Rows by provider, model, currency and day; they sum to the totals.
 *
 * @param rates every row of the tenant's self-hosted rates, of all versions
 */
export function capacityReport(
  rates: readonly PriceRow[],
  usage: readonly ChargedUsage[],
  question: CapacityQuestion,
): Omit<CapacityReport, 'tieOut'> {
  const { from, to, isByDay, nowNs } = question;
  const endNs = least(nsOfDay(to), nowNs);
  const tallies = new Map<string, Tally>();
  for (const [startNs, stopNs] of periodsOf(nsOfDay(from), endNs, isByDay)) {
    for (const { row, fromNs, toNs, costPico } of capacitySpans(rates, startNs, stopNs)) {
      const tally = tallyOf(tallies, row, isByDay ? dayOf(startNs) : null);
      tally.capacityPico += costPico;
      const times = { from: timeOf(fromNs), to: timeOf(toNs) };
      tally.rates.push({ priceId: row.priceId, version: row.version, ...times, cost: formatPico(costPico) });
    }
  }
  const rowById = new Map(rates.map((row) => [row.priceId, row]));
  for (const { priceId, usageDay, calls, amountPico, inputTokens, outputTokens } of usage) {
    const tally = tallyOf(tallies, rowById.get(priceId)!, isByDay ? usageDay : null);
    tally.chargedPico += amountPico;
    tally.calls += calls;
    tally.inputTokens += inputTokens;
    tally.outputTokens += outputTokens;
  }
  const sorted = [...tallies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, tally]) => tally);
  return {
    from,
    to,
    until: timeOf(endNs),
    rows: sorted.map(toRow),
    totals: totalsOf(sorted),
    grade: 'assumed',
  };
}

function* periodsOf(fromNs: bigint, endNs: bigint, isByDay: boolean): Generator<[bigint, bigint]> {
  const stepNs = isByDay ? DAY_NS : endNs - fromNs;
  for (let at = fromNs; at < endNs; at += stepNs) yield [at, least(at + stepNs, endNs)];
}

function tallyOf(tallies: Map<string, Tally>, row: PriceRow, day: string | null): Tally {
  const { provider, model, asset } = row;
  const currency = asset.split('/')[0]!;
  const key = JSON.stringify([provider, model, currency, day]);
  const known = tallies.get(key);
  if (known !== undefined) return known;
  const counts = { capacityPico: 0n, chargedPico: 0n, calls: 0n, inputTokens: 0n, outputTokens: 0n };
  const made: Tally = { provider, model, currency, day, ...counts, rates: [] };
  tallies.set(key, made);
  return made;
}

function toRow({
  capacityPico,
  chargedPico,
  calls,
  inputTokens,
  outputTokens,
  ...tally
}: Tally): CapacityRow {
  return {
    ...tally,
    capacityCost: formatPico(capacityPico),
    calls: Number(calls),
    inputTokens: inputTokens.toString(),
    outputTokens: outputTokens.toString(),
    charged: formatPico(chargedPico),
    idle: formatPico(capacityPico - chargedPico),
    usedShare: capacityPico === 0n ? null : dividePico(chargedPico * PICO, capacityPico),
  };
}

const PICO = 1_000_000_000_000n;

function totalsOf(tallies: readonly Tally[]): CapacityReport['totals'] {
  return [...new Set(tallies.map(({ currency }) => currency))].sort().map((currency) => {
    const own = tallies.filter((tally) => tally.currency === currency);
    const capacityPico = own.reduce((sum, tally) => sum + tally.capacityPico, 0n);
    const chargedPico = own.reduce((sum, tally) => sum + tally.chargedPico, 0n);
    return {
      currency,
      capacityCost: formatPico(capacityPico),
      charged: formatPico(chargedPico),
      idle: formatPico(capacityPico - chargedPico),
    };
  });
}

const nsOfDay = (day: string): bigint => BigInt(Date.parse(`${day}T00:00:00Z`)) * 1_000_000n;
const dayOf = (ns: bigint): string => timeOf(ns).slice(0, 10);
const timeOf = (ns: bigint): string => new Date(Number(ns / 1_000_000n)).toISOString().replace('.000Z', 'Z');
const least = (a: bigint, b: bigint): bigint => (b < a ? b : a);

/** The report as a table: the rows, beside them a total for each currency. */
export function capacityTable(report: CapacityReport): ReportTable<CapacityRow> {
  return {
    name: 'self-hosted-capacity',
    columns: columnsOf(CapacityRow, { groups: [] }),
    rows: report.rows,
    beside: [
      ...report.totals.map((total) => ({
        record: 'total',
        value: total,
        csv: [{ cells: total, note: '' }],
      })),
      tieOutBeside(report.tieOut, 'charged'),
    ],
    next: null,
  };
}
