/** What identifies a time series, and what is known of what it counts. */
export interface CounterSeries {
  /** By `counterSeriesId`. */
  readonly seriesId: string;
  readonly metric: string;
  readonly temporality: 'delta' | 'cumulative';
  readonly quantity: 'tokens' | 'cost_usd';
  readonly tokenClass: string;
  readonly buckets: readonly string[];
  readonly service: string;
  readonly model: string;
  readonly session: string | null;
  /** Plain JSON. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface CounterRow {
  readonly position: number;
  readonly series: CounterSeries;
  readonly startedAtUs: bigint;
  readonly atUs: bigint;
  /** Decimal text, not negative. */
  readonly value: string;
}

/** A point within one tenant, as text. */
export const pointKey = (row: Pick<CounterRow, 'startedAtUs' | 'atUs'>, seriesId: string): string =>
  `${seriesId} ${row.startedAtUs} ${row.atUs}`;
