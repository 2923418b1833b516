/** Some rows of many: a few evenly over them, or those that are marked. */

/** At most so many of the items, evenly over all of them, in their order. */
export const few = <T>(items: ArrayLike<T>, most: number): T[] => fewRows(items.length, most).map((row) => items[row]!);

/** The same of the numbers below `count`. */
export const fewRows = (count: number, most: number): number[] =>
  Array.from({ length: Math.min(count, most) }, (_, i) => (count <= most ? i : Math.floor((i * count) / most)));

/** The rows that are marked with `mark`, ascending. */
export function markedRows(marks: Uint8Array, mark: 0 | 1 = 1): Int32Array {
  const rows = new Int32Array(marks.length);
  let count = 0;
  for (let row = 0; row < marks.length; row++) if (marks[row] === mark) rows[count++] = row;
  return rows.subarray(0, count);
}
