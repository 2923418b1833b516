/** Rows in groups, in typed arrays: all of a million photos may be in one. */

/** Those of group g are members[starts[g]] to members[starts[g + 1] - 1], ascending. */
export interface Members {
  members: Int32Array;
  starts: Int32Array; // [groups + 1]
}

/** Disjoint sets with path halving; the root is the smallest member. */
export class UnionFind {
  readonly #parent: Int32Array;
  constructor(n: number) {
    this.#parent = new Int32Array(n);
    for (let i = 0; i < n; i++) this.#parent[i] = i;
  }
  find(i: number): number {
    const parent = this.#parent;
    while (parent[i] !== i) i = parent[i] = parent[parent[i]!]!;
    return i;
  }
  unite(i: number, j: number): void {
    const a = this.find(i);
    const b = this.find(j);
    this.#parent[Math.max(a, b)] = Math.min(a, b);
  }
  /** The group of every row, the largest first: groups of `least` rows and more, -1 for the others. */
  groups(least: number): { groupOf: Int32Array; count: number } {
    const n = this.#parent.length;
    const sizes = new Int32Array(n);
    for (let i = 0; i < n; i++) sizes[this.find(i)]!++;
    const roots: number[] = [];
    for (let i = 0; i < n; i++) if (sizes[i]! >= least) roots.push(i);
    roots.sort((a, b) => sizes[b]! - sizes[a]! || a - b);
    const numberOf = new Int32Array(n).fill(-1);
    roots.forEach((root, g) => (numberOf[root] = g));
    const groupOf = new Int32Array(n);
    for (let i = 0; i < n; i++) groupOf[i] = numberOf[this.find(i)]!;
    return { groupOf, count: roots.length };
  }
}

/** The rows of the first `count` groups. @param groupOf the group of every row, from 0; -1 for none */
export function membersOf(groupOf: Int32Array, count: number): Members {
  const starts = new Int32Array(count + 1);
  for (const group of groupOf) if (group >= 0 && group < count) starts[group + 1]!++;
  for (let g = 0; g < count; g++) starts[g + 1]! += starts[g]!;
  const fill = starts.slice();
  const members = new Int32Array(starts[count]!);
  groupOf.forEach((group, row) => {
    if (group >= 0 && group < count) members[fill[group]!++] = row;
  });
  return { members, starts };
}
