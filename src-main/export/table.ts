/** The embeddings of a folder, row by row, as the exports take them. */
import { guarded } from '../../shared/csv.ts';

export interface EmbeddingTable {
  ids: string[];
  /** File names relative to the folder. */
  names: string[];
  labels: (string | null)[];
  /** For spreadsheets: names and labels in CSV files that they would compute stand behind an apostrophe. */
  guard?: boolean;
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

/** Name and label of a row, as a CSV file writes them. */
export function wordsOf({ names, labels, guard = false }: EmbeddingTable, row: number): [name: string, label: string] {
  const words: [string, string] = [names[row] ?? '', labels[row] ?? ''];
  return guard ? [guarded(words[0]), guarded(words[1])] : words;
}
