/**
 * Whether photos have an up that a few of them show of the others: the sky is above, a shoe stands on its sole, cells lie
 * as they lie. Pure arithmetic on small pictures; what follows from it is for who asks.
 */

/** Shows of a picture what turning it over changes: [rows / 2, columns, 4] numbers. */
function turned(picture: Float32Array, side: number): Float32Array {
  const pixels = side * side;
  const grey = Float32Array.from(
    { length: pixels },
    (_, i) => (picture[i]! + picture[pixels + i]! + picture[2 * pixels + i]!) / 3,
  );
  const at = (y: number, x: number) =>
    grey[Math.min(side - 1, Math.max(0, y)) * side + Math.min(side - 1, Math.max(0, x))]!;
  const seen = (y: number, x: number): number[] => [
    at(y, x),
    Math.abs(at(y, x + 1) - at(y, x - 1)),
    Math.abs(at(y + 1, x) - at(y - 1, x)),
    picture[2 * pixels + y * side + x]! - picture[y * side + x]!, // blue less red
  ];
  const out = new Float32Array(2 * pixels);
  for (let y = 0, i = 0; y < side / 2; y++)
    for (let x = 0; x < side; x++) {
      const below = seen(side - 1 - y, x);
      for (const [k, value] of seen(y, x).entries()) out[i++] = value - below[k]!;
    }
  return out;
}

/**
 * Share of the pictures whose up the mean of all others tells, every number weighed by how little it varies: about a half
 * where there is none.
 * @param pictures [3, side, side] each, of an even side
 */
export function shareTold(pictures: readonly Float32Array[], side: number): number {
  const n = pictures.length;
  const differences = pictures.map((picture) => turned(picture, side));
  const d = 2 * side * side;
  const sum = new Float64Array(d);
  const squares = new Float64Array(d);
  for (const row of differences)
    for (let k = 0; k < d; k++) {
      sum[k]! += row[k]!;
      squares[k]! += row[k]! ** 2;
    }
  const weight = squares.map((square, k) => 1 / (Math.sqrt(Math.max(0, square / n - (sum[k]! / n) ** 2)) + 1e-3) ** 2);
  const told = differences.filter((row) => {
    let score = 0;
    for (let k = 0; k < d; k++) score += row[k]! * (sum[k]! - row[k]!) * weight[k]!;
    return score > 0;
  });
  return told.length / n;
}
