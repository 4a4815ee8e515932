import type { BillLine } from './bill-line.ts';

/** One document of a bill with its lines. */
export interface BillDocument {
  /** `openai_usage/completions`: before the stroke the kind of file, after it which part of the usage it is. */
  readonly format: string;
  /** null = a report, not an invoice. */
  readonly number: string | null;
  /** In which it was billed; its amounts may have been converted since. */
  readonly currency: string;
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
  const totals = invoicesOf(documents).flatMap((invoice) => invoice.documents.map(amountOf));
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

/** What a document tells in all; null where it tells no amount. */
export function amountOf({ totalPico, lines }: BillDocument): bigint | null {
  const amounts = lines.flatMap(({ amountPico }) => amountPico ?? []);
  return totalPico ?? (amounts.length === 0 ? null : amounts.reduce((sum, amount) => sum + amount, 0n));
}

/** An invoice, and those of its documents that say what is payable. */
export interface BilledInvoice {
  readonly number: string;
  readonly currency: string;
  readonly documents: readonly BillDocument[];
}

/**
 * The invoices among documents, by number and currency. What is payable is the total that was told last, where one was
 * told; else what its documents sum to: a total and a file with its lines are the same money.
 */
export function invoicesOf(documents: readonly BillDocument[]): BilledInvoice[] {
  const byInvoice = new Map<string, { number: string; currency: string; documents: BillDocument[] }>();
  for (const document of documents) {
    const { number, currency } = document;
    if (number === null) continue;
    const id = `${number}\n${currency}`;
    const invoice = byInvoice.get(id) ?? { number, currency, documents: [] };
    byInvoice.set(id, invoice);
    invoice.documents.push(document);
  }
  return [...byInvoice]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { number, currency, documents: its }]) => {
      const newest = newestOf(its.filter(({ totalPico }) => totalPico !== null));
      const telling = its.filter((each) => amountOf(each) !== null);
      return {
        number,
        currency,
        documents: newest === null ? (telling.length > 0 ? telling : its) : [newest],
      };
    });
}

function sourcesOf(
  documents: readonly BillDocument[],
  tells: (line: BillLine) => boolean,
): ReadonlySet<BillDocument> {
  const telling = documents.filter(({ lines }) =>
    lines.some((line) => line.category === 'usage' && tells(line)),
  );
  const invoices = telling.filter(({ number }) => number !== null);
  if (invoices.length > 0) return new Set(invoices);
  const newest = newestOf(telling);
  // What is beside the usage (tax, credits) stands in invoices without usage lines as well.
  const others = documents.filter(({ lines }) => lines.every(({ category }) => category !== 'usage'));
  return new Set([
    ...telling.filter(({ format }) => kindOf(format) === (newest === null ? null : kindOf(newest.format))),
    ...others,
  ]);
}

const newestOf = (documents: readonly BillDocument[]): BillDocument | null =>
  documents.reduce<BillDocument | null>(
    (last, each) =>
      last === null ||
      each.recordedAtUs > last.recordedAtUs ||
      (each.recordedAtUs === last.recordedAtUs && each.format > last.format)
        ? each
        : last,
    null,
  );

const kindOf = (format: string): string => format.split('/')[0]!;
