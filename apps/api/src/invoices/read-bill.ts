import { RejectedInput } from '#model';
import { canonicalProvider, canonicalServiceTier } from '#pricing';
import {
  readAnthropicCosts,
  readAnthropicUsage,
  readBillCsv,
  readFocusCsv,
  readOpenaiCosts,
  readOpenaiUsage,
  type BillLine,
  type ReadBill,
  type RefusedBillLine,
} from '#reconciliation';
import { z } from 'zod';

const READERS = {
  openai_usage: readOpenaiUsage,
  openai_costs: readOpenaiCosts,
  anthropic_usage: readAnthropicUsage,
  anthropic_costs: readAnthropicCosts,
  focus: readFocusCsv,
  csv: readBillCsv,
} as const satisfies Record<string, (text: string) => ReadBill>;

export const BillFormat = z.enum([
  'openai_usage',
  'openai_costs',
  'anthropic_usage',
  'anthropic_costs',
  'focus',
  'csv',
  'total',
]);

/** The lines of one provider, usage month and currency. */
export interface BillPart {
  readonly provider: string;
  readonly period: string;
  readonly number: string;
  readonly format: string;
  readonly currency: string;
  readonly lines: readonly BillLine[];
}

export interface SplitBill {
  readonly parts: readonly BillPart[];
  readonly refused: readonly RefusedBillLine[];
  readonly roundedLines: number;
  readonly notes: readonly string[];
}

export interface BillParameters {
  readonly format: Exclude<z.infer<typeof BillFormat>, 'total'>;
  /** Only lines of this month are taken; null = a document for each month there is. */
  readonly period: string | null;
  /** Of every line that names no invoice itself; null = none. */
  readonly number: string | null;
}

/**
 * Reads a file and splits it into one document for each provider, usage month, invoice and currency. Names become those
 * our charges have.
 *
 * @throws RejectedInput when the file is not of this format, or nothing in it could be read
 */
export function readBill(text: string, { format, period, number }: BillParameters): SplitBill {
  const bill = readFile(text, format);
  const parts = new Map<string, BillPart>();
  const refused = [...bill.refused];
  const part = partOf(format, bill.lines);
  for (const line of bill.lines) {
    const own = new Date(Number(line.startsAtUs / 1000n)).toISOString().slice(0, 7);
    if (period !== null && own !== period) {
      refused.push({ line: line.line, reason: `is of ${own}, not of ${period}` });
      continue;
    }
    const provider = canonicalProvider(line.provider) ?? line.provider.trim().toLowerCase();
    const known = { ...line, provider, serviceTier: canonicalServiceTier(line.serviceTier) };
    const invoice = line.invoiceId ?? number ?? '';
    const id = [provider, own, invoice, line.currency].join('\n');
    const standing = parts.get(id);
    parts.set(id, {
      provider,
      period: own,
      number: invoice,
      format: part,
      currency: line.currency,
      lines: [...(standing?.lines ?? []), known],
    });
  }
  if (parts.size === 0) {
    const [first] = refused;
    throw new RejectedInput(
      'invalid',
      first === undefined
        ? 'has no line'
        : `has no line that can be read; line ${first.line}: ${first.reason}`,
      'body',
    );
  }
  return { parts: [...parts.values()], refused, roundedLines: bill.roundedLines, notes: bill.notes };
}

function readFile(text: string, format: BillParameters['format']): ReadBill {
  try {
    return READERS[format](text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RejectedInput('invalid', error.message, 'body');
    throw error;
  }
}

/** OpenAI has an endpoint for each kind of usage: their files stand beside each other, not for each other. */
function partOf(format: BillParameters['format'], lines: readonly BillLine[]): string {
  if (format !== 'openai_usage') return format;
  const kinds = new Set(
    lines.flatMap(({ description }) =>
      description === null ? [] : [description.replace(/^organization\.usage\.|\.result$/g, '')],
    ),
  );
  return kinds.size === 0 ? format : `${format}/${[...kinds].sort().join('+')}`;
}
