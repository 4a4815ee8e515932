interface Grouped {
  readonly group: Readonly<Record<string, string | null>>;
}

/** The rows of one workflow; the empty name is the work that names none. */
export const rowsOf = <Row extends Grouped>(rows: readonly Row[], workflow: string): Row[] =>
  rows.filter(({ group }) => (group['workflow'] ?? '') === workflow);

/** The row of one outcome type among them. */
export const rowOf = <Row extends Grouped>(
  rows: readonly Row[],
  type: string | null | undefined,
): Row | undefined => rows.find(({ group }) => group['outcome_type'] === type);
