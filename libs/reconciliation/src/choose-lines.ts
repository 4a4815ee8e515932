import type { BillLine } from './bill-line.ts';

/** One document of a bill with its lines. */
export interface BillDocument {
  /** `openai_usage/completions`: before the stroke the kind of file, after it which part of the usage it is. */
  readonly format: string;
  /** null = a report, not an invoice. */
  readonly number: string | null;
  readonly totalPico: bigint | null;
  readonly recordedAtUs: bigint;
  readonly lines: readonly BillLine[];
}

export interface ChosenLines {
  readonly lines: readonly BillLine[];
  /** Sum of the invoices' totals; null = there is none, or an invoice without a total. */
  readonly totalPico: bigint | null;
}

/**
 * Of the documents of one month the lines that count. The same usage may have been sent as an invoice, as a cost report
 * and as a usage report: amounts are taken from the invoices where these have lines with amounts, else from the kind of
 * report that came last; quantities likewise. Lines of the same kind of file in several parts count together.
 */
export function chooseLines(documents: readonly BillDocument[]): ChosenLines {
  const amounts = sourcesOf(documents, ({ amountPico }) => amountPico !== null);
  const quantities = sourcesOf(documents, ({ quantity }) => quantity !== null);
  const invoices = documents.filter(({ number }) => number !== null);
  const totals = invoices.map(
    ({ totalPico, lines }) =>
      totalPico ?? (lines.some(({ amountPico }) => amountPico !== null) ? sumOf(lines) : null),
  );
  return {
    lines: documents.flatMap((document) =>
      document.lines
        .map((line) => ({
          ...line,
          amountPico: amounts.has(document) ? line.amountPico : null,
          quantity: quantities.has(document) ? line.quantity : null,
        }))
        .filter(({ amountPico, quantity }) => amountPico !== null || quantity !== null),
    ),
    totalPico:
      totals.length === 0 || totals.includes(null)
        ? null
        : totals.reduce<bigint>((sum, total) => sum + total!, 0n),
  };
}

const sumOf = (lines: readonly BillLine[]): bigint =>
  lines.reduce((sum, { amountPico }) => sum + (amountPico ?? 0n), 0n);

function sourcesOf(
  documents: readonly BillDocument[],
  tells: (line: BillLine) => boolean,
): ReadonlySet<BillDocument> {
  const telling = documents.filter(({ lines }) =>
    lines.some((line) => line.category === 'usage' && tells(line)),
  );
  const invoices = telling.filter(({ number }) => number !== null);
  if (invoices.length > 0) return new Set(invoices);
  const newest = telling.reduce<BillDocument | null>(
    (last, each) =>
      last === null ||
      each.recordedAtUs > last.recordedAtUs ||
      (each.recordedAtUs === last.recordedAtUs && each.format > last.format)
        ? each
        : last,
    null,
  );
  // What is beside the usage (tax, credits) stands in invoices without usage lines as well.
  const others = documents.filter(({ lines }) => lines.every(({ category }) => category !== 'usage'));
  return new Set([
    ...telling.filter(({ format }) => kindOf(format) === (newest === null ? null : kindOf(newest.format))),
    ...others,
  ]);
}

const kindOf = (format: string): string => format.split('/')[0]!;
