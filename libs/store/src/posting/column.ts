/** A column of a projection: its name, its type, and what a row puts there. */
export type Column<Row> = readonly [name: string, type: string, value: (row: Row) => unknown];

/** One array per column, for `unnest`. */
export const valuesOf = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): unknown[][] =>
  columns.map(([, , value]) => rows.map(value));
