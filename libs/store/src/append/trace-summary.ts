/** What one transaction adds to the `traces` row of one trace: only spans that it stored. */
export interface TraceSummary {
  readonly tenantId: bigint;
  /** 32 hex digits. */
  readonly traceId: string;
  /** Microseconds since the epoch, as are all times here. */
  firstStartedAtUs: bigint;
  /** Largest end, or start where a clock put the end before it. */
  lastEndedAtUs: bigint;
  spanCount: number;
  /** A span without a parent is among them, and it has ended. */
  rootEnded: boolean;
  firstReceivedAtUs: bigint;
  lastReceivedAtUs: bigint;
}

/**
 * Sorts by key, in place: two transactions that upsert the same traces take their row locks in the same order,
 * so they wait for each other and do not deadlock.
 */
export function sortByTrace(summaries: TraceSummary[]): TraceSummary[] {
  return summaries.sort((a, b) =>
    a.tenantId === b.tenantId
      ? a.traceId < b.traceId
        ? -1
        : Number(a.traceId > b.traceId)
      : a.tenantId < b.tenantId
        ? -1
        : 1,
  );
}

/**
 * SQL: the timestamptz of an int8 expression in microseconds since the epoch. Days apart from the rest, because an
 * interval is multiplied as a double: so it is exact for every time. Parsing an int8 costs less than ISO text.
 */
export function timestampOfUs(us: string): string {
  return `(timestamptz 'epoch' + (${us} / 86400000000) * interval '1 day' + (${us} % 86400000000) * interval '1 microsecond')`;
}

/** Text of a PostgreSQL array of values that need no quotes (numbers, booleans, uuids): cheaper than pg's own. */
export function plainArray(values: readonly (string | number | bigint | boolean)[]): string {
  return `{${values.join(',')}}`;
}
