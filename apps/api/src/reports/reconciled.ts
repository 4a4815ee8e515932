import { formatPico, USD_PICO, VARIANCE_KINDS } from '#model';
import type { BilledMonth } from '#store';
import { z } from 'zod';
import { Money } from '../wire.ts';
import { shareOf } from './cost-row.ts';

/** What of a period stands on invoices; parts of the tie-out. */
export const ReconciledView = z.object({
  invoices: z.array(z.string()),
  foreignInvoices: z
    .array(z.object({ number: z.string(), currency: z.string(), amount: Money, isConverted: z.boolean() }))
    .meta({
      description:
        'Those that are billed in another currency than USD; in billedUsd by the rate of the books, unless nobody told one',
    }),
  billedUsd: Money.nullable().meta({ description: 'Of the usage months that lie whole in the period' }),
  reconciledUsd: Money.meta({ description: 'What of meteredUsd is on an invoice' }),
  variance: z
    .partialRecord(z.enum(VARIANCE_KINDS), Money)
    .nullable()
    .meta({ description: 'billedUsd - reconciledUsd by kind' }),
  reconciliation: z.enum(['not reconciled', 'partly reconciled', 'reconciled']),
  line: z.string(),
});
export type ReconciledView = z.infer<typeof ReconciledView>;

/** @param meteredPico all that was metered in the period, in USD */
export function reconciled(
  months: readonly BilledMonth[],
  meteredPico: bigint,
): { readonly view: ReconciledView; readonly share: string | null } {
  const own = months.filter(({ asset }) => asset === USD_PICO);
  const foreignInvoices = months.flatMap(({ asset, billedPico, invoices: billed }) =>
    billed
      .filter((each) => each.asset !== USD_PICO && (asset === USD_PICO || billedPico === null))
      .map((each) => ({
        number: each.number,
        currency: each.asset.split('/')[0]!,
        amount: formatPico(each.amountPico),
        isConverted: billedPico !== null,
      })),
  );
  const without = foreignInvoices.filter(({ isConverted }) => !isConverted);
  const unconverted =
    without.length === 0
      ? ''
      : `; ${named(without.map(({ number, currency, amount }) => `${number} (${amount} ${currency})`))} without a rate into USD`;
  const sum = (of: (month: BilledMonth) => bigint): bigint =>
    own.reduce((total, month) => total + of(month), 0n);
  const billedPico = sum((month) => month.billedPico ?? 0n);
  const chargedPico = sum((month) => month.chargedPico);
  const variance = VARIANCE_KINDS.map(
    (kind) => [kind, sum((month) => month.variancePico[kind] ?? 0n)] as const,
  );
  const unexplainedPico = sum((month) => month.variancePico['unexplained'] ?? 0n);
  const invoices = [...new Set(own.flatMap((month) => month.invoices.map(({ number }) => number)))].sort();
  if (own.length === 0) {
    const view = { invoices, foreignInvoices, billedUsd: null, reconciledUsd: '0', variance: null } as const;
    return {
      view: { ...view, reconciliation: 'not reconciled', line: `not reconciled${unconverted}` },
      share: shareOf(0n, meteredPico),
    };
  }
  const isWhole = chargedPico === meteredPico;
  const missing = isWhole ? '' : `; ${formatPico(meteredPico - chargedPico)} metered is on no invoice yet`;
  return {
    view: {
      invoices,
      foreignInvoices,
      billedUsd: formatPico(billedPico),
      reconciledUsd: formatPico(chargedPico),
      variance: Object.fromEntries(
        variance.filter(([, amount]) => amount !== 0n).map(([kind, amount]) => [kind, formatPico(amount)]),
      ),
      reconciliation: isWhole ? 'reconciled' : 'partly reconciled',
      line: `ties to ${named(invoices)}: ${formatPico(chargedPico)} of ${formatPico(billedPico)}; ${formatPico(unexplainedPico)} unexplained${missing}${unconverted}`,
    },
    share: shareOf(chargedPico, meteredPico),
  };
}

const SHOWN = 3;

const named = (invoices: readonly string[]): string =>
  invoices.length <= SHOWN
    ? invoices.join(', ')
    : `${invoices.slice(0, SHOWN).join(', ')} and ${invoices.length - SHOWN} more invoices`;
