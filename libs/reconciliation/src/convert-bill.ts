import { roundHalfEven, splitExactly } from '#model';
import type { BillLine } from './bill-line.ts';
import { amountOf, type BillDocument } from './choose-lines.ts';

/** One unit of the bill's currency is `numerator / denominator` units of the currency of the charges, exactly. */
export interface BillRate {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export interface ConvertedBill {
  /** With its amounts in the currency of the charges, at the rate the bill was made by. */
  readonly document: BillDocument;
  /** What it bills in all, at the rate our books are kept by; null where it tells no amount. */
  readonly bookedPico: bigint | null;
  /** `bookedPico` less the document's own total: the same amount at another rate. */
  readonly fxPico: bigint;
}

/**
 * The currency of the charges that a bill is for: the one it states, else its own where something was charged in it,
 * else the only other one. Where several are left nothing is guessed: it is compared in its own.
 *
 * @param charged currencies of our charges of the same provider and month
 */
export function currencyOfCharges(
  bill: { readonly currency: string; readonly chargedIn: string | null },
  charged: ReadonlySet<string>,
): string {
  if (bill.chargedIn !== null) return bill.chargedIn;
  const [only] = charged;
  return charged.has(bill.currency) || charged.size !== 1 ? bill.currency : only!;
}

/**
 * Brings a bill into the currency of the charges. Its total is converted, then split over its lines (architecture 6),
 * charges and credits each by themselves, so that quantities and days can be compared as those of any other bill.
 *
 * @param stated the rate on the bill itself; null = it states none, and is taken to be made by ours
 * @param booked the rate of our books for its day; null = nobody told one, and the stated one counts
 * @returns null where amounts would have to be converted and there is no rate at all
 */
export function convertBill(
  document: BillDocument,
  stated: BillRate | null,
  booked: BillRate | null,
): ConvertedBill | null {
  const totalPico = amountOf(document);
  if (totalPico === null) return { document, bookedPico: null, fxPico: 0n };
  const ownRate = stated ?? booked;
  if (ownRate === null) return null;
  const lines = convertLines(document.lines, ownRate);
  const converted = {
    ...document,
    lines,
    totalPico: document.totalPico === null ? null : convertAmount(document.totalPico, ownRate),
  };
  const ownPico = amountOf(converted)!;
  const bookedPico = stated === null || booked === null ? ownPico : convertAmount(totalPico, booked);
  return { document: converted, bookedPico, fxPico: bookedPico - ownPico };
}

const convertAmount = (amountPico: bigint, { numerator, denominator }: BillRate): bigint =>
  roundHalfEven(amountPico * numerator, denominator);

function convertLines(lines: readonly BillLine[], rate: BillRate): BillLine[] {
  const converted = [...lines];
  for (const isCredit of [false, true]) {
    const parts = lines.flatMap(({ amountPico }, index) =>
      amountPico === null || amountPico < 0n !== isCredit
        ? []
        : [{ index, id: String(index).padStart(9, '0'), weight: amountPico < 0n ? -amountPico : amountPico }],
    );
    if (parts.length === 0) continue;
    const total = parts.reduce((sum, { weight }) => sum + weight, 0n);
    const amounts = splitExactly(convertAmount(isCredit ? -total : total, rate), parts);
    for (const [position, { index }] of parts.entries())
      converted[index] = { ...lines[index]!, amountPico: amounts[position]! };
  }
  return converted;
}
