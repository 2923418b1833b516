/** Results of requests that pass over all rows of an index. */

export interface Components {
  /** The rows' coordinates [n, count]. */
  coordinates: Float32Array;
  /** Share of the variance along each of them, 0 to 1 [count]. */
  explained: Float32Array;
}

export interface Assignment {
  labels: Int32Array; // [to - from]
  similarities: Float32Array; // [to - from]
  /** Sum of the rows of each centre [count, d]. */
  sums: Float64Array;
}

/** Those of parts of the rows, which follow each other, as that of all n. */
export function joinedAssignments(parts: readonly Assignment[], n: number): Assignment {
  const out = { labels: new Int32Array(n), similarities: new Float32Array(n), sums: new Float64Array(0) };
  let from = 0;
  for (const { labels, similarities, sums } of parts) {
    out.labels.set(labels, from);
    out.similarities.set(similarities, from);
    from += labels.length;
    if (out.sums.length === 0) out.sums = new Float64Array(sums.length);
    for (let j = 0; j < sums.length; j++) out.sums[j]! += sums[j]!;
  }
  return out;
}

/** How many entries of neighbour lists a step changed. */
export interface Changed {
  changed: Int32Array; // [1]
}

export interface Products {
  /** [count, to - from]. */
  values: Float32Array;
}
