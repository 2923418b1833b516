/** The embeddings of a folder, row by row, as the exports take them. */

export interface EmbeddingTable {
  ids: string[];
  /** File names relative to the folder. */
  names: string[];
  labels: (string | null)[];
  vectors: Float32Array; // [n, d]
  n: number;
  d: number;
  /** The photos themselves, for the formats that show them. */
  pictures?: Pictures;
}

export interface Pictures {
  /** Side, pixels. */
  size: number;
  /** Of a row: [size, size, 3]. */
  of(row: number): Uint8Array | Promise<Uint8Array>;
}
