/**
 * The line through points by least squares.
 *
 * @param {readonly (readonly [x: number, y: number])[]} points neighbours may depend on each other: they are averaged in
 *   blocks first, so that the error is not made too small
 * @returns {{ slope: number, error: number }} per unit of x, with its standard error; both 0 with fewer than three blocks
 */
export function slopeOf(points, blocks = 12) {
  const size = Math.max(1, Math.floor(points.length / blocks));
  const means = [];
  for (let start = 0; start + size <= points.length; start += size) {
    const block = points.slice(start, start + size);
    means.push([0, 1].map((axis) => block.reduce((sum, point) => sum + point[axis], 0) / size));
  }
  if (means.length < 3) return { slope: 0, error: 0 };
  const mean = [0, 1].map((axis) => means.reduce((sum, point) => sum + point[axis], 0) / means.length);
  const spread = means.reduce((sum, [x]) => sum + (x - mean[0]) ** 2, 0);
  const slope = means.reduce((sum, [x, y]) => sum + (x - mean[0]) * (y - mean[1]), 0) / spread;
  const residual = means.reduce((sum, [x, y]) => sum + (y - mean[1] - slope * (x - mean[0])) ** 2, 0);
  return { slope, error: Math.sqrt(residual / (means.length - 2) / spread) };
}
