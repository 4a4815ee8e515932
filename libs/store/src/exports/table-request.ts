type Format = 'csv' | 'ndjson' | 'parquet';

/** A table that is asked for as a file, and everything but the size that the file follows from. */
export type TableRequest =
  | { readonly kind: 'journal'; readonly format: Format; readonly period: string | null }
  | {
      readonly kind: 'focus';
      readonly format: Format;
      /** Usage days, `YYYY-MM-DD`; `toDay` exclusive. */
      readonly fromDay: string;
      readonly toDay: string;
    }
  | {
      readonly kind: 'work_items';
      readonly format: Format;
      readonly workItemKind: string | null;
      /** Microseconds as decimal text. */
      readonly fromUs: string | null;
      readonly toUs: string | null;
    };
