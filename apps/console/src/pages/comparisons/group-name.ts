interface Grouped {
  readonly group: Readonly<Record<string, string | null>>;
}

/** The row's values as words: `Insurance claims, claim.processed`. */
export const groupName = ({ group }: Grouped): string =>
  Object.values(group)
    .map((value) => value ?? 'none')
    .join(', ');

/** What the figures of a row are of. */
export const figuresOf = <Filters extends object>(filters: Filters, { group }: Grouped) => ({
  filters,
  groupBy: Object.keys(group),
  cell: Object.values(group),
});
