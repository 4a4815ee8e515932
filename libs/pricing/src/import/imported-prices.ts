import { hasPrice, type PriceClass, type PriceRow, type PriceTable } from '../price-row.ts';
import { readPicoPrice } from './pico-price.ts';

/** A price row before it belongs to a book: `issueRows` or `planVersion` give it its id. */
export type DraftRow = Omit<PriceRow, 'priceId' | 'tenantId' | 'book' | 'version'>;

/** A price that was moved by at most 1e-9 of itself to a whole number of pico-units. */
export interface Snap {
  readonly provider: string;
  readonly model: string;
  readonly field: string;
  readonly from: string;
  readonly toPico: string;
}

/** What was not taken over, and why. With a field: only that price is left out of the row. */
export interface Refusal {
  readonly provider: string;
  readonly model: string;
  readonly field: string | null;
  readonly reason: string;
}

export interface ImportedPrices {
  readonly rows: readonly DraftRow[];
  readonly snapped: readonly Snap[];
  readonly refused: readonly Refusal[];
}

/** Says where a price stands in its source: in currency units per `per` of the class. */
export interface PriceField {
  readonly priceClass: PriceClass;
  readonly per: bigint;
}

/** From when until when imported prices hold, where the source does not say. */
export type ImportValidity = Pick<PriceRow, 'validFrom' | 'validTo'>;

/** Collects what an import reads; one per import. */
export class PriceImport {
  readonly #rows = new Map<string, DraftRow>();
  readonly #snapped: Snap[] = [];
  readonly #refused: Refusal[] = [];

  refuse(provider: string, model: string, field: string | null, reason: string): void {
    this.#refused.push({ provider, model, field, reason });
  }

  /**
   * @param value a JSON number (its shortest decimal text is read) or decimal text
   * @returns whole pico-units as decimal text; null, with the refusal kept, where the value cannot be stored:
   *   in a price table null keeps the class from being priced as another one
   */
  readPrice(provider: string, model: string, field: string, value: unknown, per: bigint): string | null {
    const text = typeof value === 'number' || typeof value === 'string' ? String(value) : null;
    const price = text === null ? { reason: 'not a number' } : readPicoPrice(text, per);
    if ('reason' in price) {
      this.refuse(provider, model, field, price.reason);
      return null;
    }
    const toPico = price.pico.toString();
    if (price.isSnapped) this.#snapped.push({ provider, model, field, from: text ?? '', toPico });
    return toPico;
  }

  /**
   * Keeps a row; one without any price is refused instead, because no price is not a price of zero, and so is a
   * second one for the same provider, model, start, window and tier that says something else.
   */
  add(row: DraftRow): void {
    const key = JSON.stringify([row.provider, row.model, row.validFrom, row.dailyWindow, row.serviceTier]);
    const other = this.#rows.get(key);
    if (!hasPrice(row.prices)) this.refuse(row.provider, row.model, null, 'no price listed');
    else if (other === undefined) this.#rows.set(key, row);
    else if (JSON.stringify(other) !== JSON.stringify(row))
      this.refuse(row.provider, row.model, null, 'listed twice with different prices: the first is kept');
  }

  /** For sources that write 0 for free and for unknown alike: only a name that says `:free` is believed. */
  addUnlessAllZero(row: DraftRow): void {
    const isAllZero =
      hasPrice(row.prices) && Object.values(row.prices).every((price) => price === '0' || price === null);
    if (isAllZero && !row.model.endsWith(':free'))
      this.refuse(row.provider, row.model, null, 'all prices are 0: free or unknown, not said which');
    else this.add(row);
  }

  finish(): ImportedPrices {
    return { rows: [...this.#rows.values()], snapped: this.#snapped, refused: this.#refused };
  }
}

/** A row that is valid for ever, all day, at the standard tier, in USD, and recognises just its own name. */
export function plainRow(provider: string, model: string, prices: PriceTable): DraftRow {
  return {
    provider,
    model,
    match: { equals: model },
    rank: 0,
    resellers: [],
    validFrom: null,
    validTo: null,
    dailyWindow: null,
    asset: 'USD/12',
    serviceTier: null,
    prices,
    contextTiers: [],
    isWithdrawn: false,
    inputs: {},
  };
}
