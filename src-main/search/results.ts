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

/** How many entries of neighbour lists a step changed. */
export interface Changed {
  changed: Int32Array; // [1]
}

export interface Products {
  /** [count, to - from]. */
  values: Float32Array;
}
