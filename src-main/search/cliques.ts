/**
 * Groups in which every two belong together. A chain of likenesses is no group: what is like its neighbour alone is left
 * out, and belongs to the group it fits best.
 */
import type { Work } from '../../shared/work.ts';

export interface Link {
  a: number;
  b: number;
  /** The larger the closer. */
  closeness: number;
}

/** Links that are gone through between two yields. */
const LINKS_PER_TURN = 500;

/** The closest first, of those as close the one of the first rows. */
export const closestFirst = (x: Link, y: Link): number => y.closeness - x.closeness || x.a - y.a || x.b - y.b;

/** The largest group first, of those as large the one of the first row. */
export const largestFirst = (x: readonly number[], y: readonly number[]): number =>
  y.length - x.length || x[0]! - y[0]!;

/**
 * Groups of two and more in which every pair is linked, by joining the closest first (complete linkage); members
 * ascending, in no order of groups. Of a million photos there are hundreds of thousands of links: it yields between some.
 * @param links in the order of `closestFirst`
 */
export function* cliques(links: readonly Link[]): Work<number[][]> {
  let gone = 0;
  const linked = new Map<number, Set<number>>();
  const others = (row: number): Set<number> => {
    const known = linked.get(row) ?? new Set();
    linked.set(row, known);
    return known;
  };
  for (const { a, b } of links) {
    others(a).add(b);
    others(b).add(a);
    if (++gone % LINKS_PER_TURN === 0) yield;
  }
  const groupOf = new Map<number, number[]>();
  const group = (row: number) => {
    const known = groupOf.get(row) ?? [row];
    groupOf.set(row, known);
    return known;
  };
  for (const { a, b } of links) {
    if (++gone % LINKS_PER_TURN === 0) yield;
    let [first, second] = [group(a), group(b)];
    if (first === second) continue;
    if (!first.every((row) => second.every((other) => linked.get(row)!.has(other)))) continue;
    if (first.length < second.length) [first, second] = [second, first];
    for (const row of second) {
      first.push(row);
      groupOf.set(row, first);
    }
  }
  const groups: number[][] = [];
  for (const rows of new Set(groupOf.values())) {
    if (++gone % LINKS_PER_TURN === 0) yield;
    if (rows.length > 1) groups.push(rows.sort((x, y) => x - y));
  }
  return groups;
}

/**
 * Rows that links connect, however long the way, ascending: what has to be looked at together. In no order of groups.
 * Yields as `cliques` does.
 */
export function* connected(links: readonly Pick<Link, 'a' | 'b'>[]): Work<number[][]> {
  let gone = 0;
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
    if (++gone % LINKS_PER_TURN === 0) yield;
  }
  const parts = new Map<number, number[]>();
  for (const row of parent.keys()) {
    const first = find(row);
    const part = parts.get(first);
    if (part) part.push(row);
    else parts.set(first, [row]);
    if (++gone % LINKS_PER_TURN === 0) yield;
  }
  for (const rows of parts.values()) {
    rows.sort((x, y) => x - y);
    if (++gone % LINKS_PER_TURN === 0) yield;
  }
  return [...parts.values()];
}
