/**
 * Groups in which every two belong together. A chain of likenesses is no group: what is like its neighbour alone is left
 * out, and belongs to the group it fits best.
 */

export interface Link {
  a: number;
  b: number;
  /** The larger the closer. */
  closeness: number;
}

/**
 * Groups of two and more in which every pair is linked, by joining the closest first (complete linkage); members
 * ascending, the largest group first.
 */
export function cliques(links: readonly Link[]): number[][] {
  const linked = new Map<number, Set<number>>();
  for (const { a, b } of links)
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const others = linked.get(one) ?? new Set();
      linked.set(one, others.add(other));
    }
  const groupOf = new Map<number, number[]>();
  const group = (row: number) => {
    const known = groupOf.get(row) ?? [row];
    groupOf.set(row, known);
    return known;
  };
  for (const { a, b } of links.toSorted((x, y) => y.closeness - x.closeness || x.a - y.a || x.b - y.b)) {
    let [first, second] = [group(a), group(b)];
    if (first === second) continue;
    if (!first.every((row) => second.every((other) => linked.get(row)!.has(other)))) continue;
    if (first.length < second.length) [first, second] = [second, first];
    for (const row of second) {
      first.push(row);
      groupOf.set(row, first);
    }
  }
  return [...new Set(groupOf.values())]
    .filter((rows) => rows.length > 1)
    .map((rows) => rows.sort((x, y) => x - y))
    .sort((x, y) => y.length - x.length || x[0]! - y[0]!);
}

/** Rows that links connect, however long the way, ascending: what has to be looked at together. In no order of groups. */
export function connected(links: readonly Pick<Link, 'a' | 'b'>[]): number[][] {
  const parent = new Map<number, number>();
  const find = (row: number): number => {
    let at = row;
    while (parent.get(at) !== undefined && parent.get(at) !== at) {
      parent.set(at, parent.get(parent.get(at)!) ?? parent.get(at)!);
      at = parent.get(at)!;
    }
    return at;
  };
  for (const { a, b } of links) {
    for (const row of [a, b]) if (!parent.has(row)) parent.set(row, row);
    const [x, y] = [find(a), find(b)];
    parent.set(Math.max(x, y), Math.min(x, y));
  }
  const parts = Map.groupBy(parent.keys(), find);
  return [...parts.values()].map((rows) => rows.sort((x, y) => x - y));
}
