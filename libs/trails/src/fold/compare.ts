/** Order of plain values; never of the locale. */
export const compare = <T extends bigint | number | string>(a: T, b: T): number =>
  a < b ? -1 : a > b ? 1 : 0;
