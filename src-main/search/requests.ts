/** What an ExactIndex asks of its threads, what they answer, and where the rows that they hold come from. */
import type { WireError } from '../../shared/contract/wire.ts';
import type { Adjacency, Lists } from './descent.ts';
import type { Assignment, Changed, Components, Products } from './results.ts';
import type { Neighbours } from './topK.ts';

export type ExactRequest =
  /** Sets what levels are measured from, before the n rows are prepared: the mean of some of them, from everywhere. */
  | { type: 'centre'; n: number }
  /**
   * Standardises and normalises rows from .. to - 1; where they come from a file, reads them from there first. A message
   * calls row 0 `first`.
   */
  | { type: 'prepare'; from: number; to: number; first: number }
  /** Products of `count` vectors [count, d], at most BLOCK, with rows from .. to - 1. */
  | { type: 'products'; vectors: Float32Array; count: number; from: number; to: number }
  /** Neighbours among rows from .. to - 1 of `count` queries: given ones [count, d], or the stored rows from `first` on. */
  | {
      type: 'search';
      queries: Float32Array | number;
      count: number;
      k: number;
      exclude: Int32Array | null;
      from: number;
      to: number;
    }
  | { type: 'components'; count: number }
  /** The nearest centre of each of rows from .. to - 1. */
  | { type: 'assign'; centres: Float32Array; count: number; from: number; to: number }
  /** The steps of an approximate graph (approximate.ts); their arrays are shared. */
  | { type: 'plant'; seed: number; order: Int32Array }
  | { type: 'join'; lists: Lists; order: Int32Array; from: number; to: number }
  | { type: 'layOut'; lists: Lists; adjacency: Adjacency }
  | { type: 'explore'; lists: Lists; adjacency: Adjacency; from: number; to: number }
  | { type: 'rank'; lists: Lists; k: number; from: number; to: number };

/** What is taken from each number of a row of length one, and what the rest is multiplied by. */
export interface Standard {
  mean: Float32Array; // [d]
  scale: Float32Array; // [d]
}

interface Results {
  centre: null;
  prepare: null;
  products: Products;
  search: Neighbours;
  components: Components;
  assign: Assignment;
  plant: null;
  join: Changed;
  layOut: null;
  explore: Changed;
  rank: Neighbours;
}

/** What a request is answered with. */
export type ResultOf<R extends ExactRequest> = Results[R['type']];
export type ExactResult = ResultOf<ExactRequest>;
export type ExactReply = { result: ExactResult } | { error: WireError };

/** Float32 rows of a file, which begin at `byteOffset` and follow each other. */
export interface RowFile {
  path: string;
  byteOffset: number;
}

/** Where the rows come from, null: they are copied into the memory; and by what they are standardised. */
export interface Origin {
  file: RowFile | null;
  standard: Standard | null;
}
