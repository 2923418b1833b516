/** What a misspelt word was probably meant to be, by the letters to change, leave out, add or swap. */

/** Those of `names` that are nearest to `given`, where they are near enough to be meant. */
function nearest(given: string, names: readonly string[]): string[] {
  const most = given.length < 4 ? 1 : 2;
  const found = names
    .map((name) => ({ name, changes: given.length > 1 && name.startsWith(given) ? 0.5 : changes(given, name) }))
    .filter((item) => item.changes <= most && item.changes < item.name.length);
  const least = Math.min(...found.map((item) => item.changes));
  return found.filter((item) => item.changes === least).map(({ name }) => name);
}

/** How many such changes make one word of the other (optimal string alignment). */
function changes(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        row[j] = Math.min(row[j]!, before[j - 2]! + 1);
    }
    [before, last] = [last, row];
  }
  return last[to.length]!;
}

/** The same as a part of a sentence, with what stands before each name; empty where there is none. */
export function meant(given: string, names: readonly string[], before = ''): string {
  const found = nearest(given, names).map((name) => before + name);
  return found.length > 0 ? ` (did you mean ${found.join(' or ')}?)` : '';
}
