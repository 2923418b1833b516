/** Rows in groups, in typed arrays: all of a million photos may be in one. */

/** The members of group g are members[starts[g]] to members[starts[g + 1] - 1], ascending. */
export interface Members {
  members: Int32Array;
  starts: Int32Array; // [groups + 1]
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
