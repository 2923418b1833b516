/** What is searched for by a part of its name, as a person types it. */
const folded = (text: string): string => text.trim().toLocaleLowerCase();

/** Those in whose names it is, in their order; all where nothing is typed. */
export function withName<T extends { name: string }>(list: readonly T[], typed: string): readonly T[] {
  const wanted = folded(typed);
  return wanted === '' ? list : list.filter(({ name }) => folded(name).includes(wanted));
}
