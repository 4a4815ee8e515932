/** Whether any of the eight bytes at `at` is not zero. */
export function isSet(view: DataView, at: number): boolean {
  return view.getInt32(at) !== 0 || view.getInt32(at + 4) !== 0;
}
