/** At most so many of the items, evenly over all of them, in their order. */
export const few = <T>(items: ArrayLike<T>, most: number): T[] => fewRows(items.length, most).map((row) => items[row]!);

/** The same of the numbers below `count`. */
export const fewRows = (count: number, most: number): number[] =>
  Array.from({ length: Math.min(count, most) }, (_, i) => (count <= most ? i : Math.floor((i * count) / most)));
