/**
 * The order in which names are listed: as a person counts, so that 2 comes before 10, and the same on every computer.
 * Not of photos: lists of them are read in pages by the index of their paths, which SQLite keeps byte by byte.
 */
const collator = new Intl.Collator('en', { numeric: true });

/** Names that read alike (1 and 01) still have an order. */
export const byName = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : Number(a > b));

/** Which of the names comes first, second and so on: for what is numbered otherwise, as the classes of an evaluation. */
export const orderOf = (names: readonly string[]): number[] =>
  names.map((_, i) => i).sort((a, b) => byName(names[a]!, names[b]!));
