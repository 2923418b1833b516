/** The embeddings of a folder, row by row, as the exports take them. */
import { guarded } from '../../shared/csv.ts';
import type { Vectors } from './vectors.ts';

export interface EmbeddingTable {
  ids: string[];
  /** File names relative to the folder. */
  names: string[];
  labels: (string | null)[];
  /** Where each photo lies in its file; left out where all of them are whole files. */
  places?: Place[];
  /**
   * For spreadsheets: in CSV files, names and labels that would be computed as formulas are written behind an
   * apostrophe.
   */
  guard?: boolean;
  vectors: Vectors; // [n, d]
  n: number;
  d: number;
  /** The photos themselves, for the formats that show them. */
  pictures?: Pictures;
}

/** A part of a file, as the columns that tables have for it. */
export interface Place {
  /** Relative to the folder. */
  file: string;
  /** From 1; null where the rule chose the page. */
  page: number | null;
  /** Pixels of the upright image; so y, width and height. */
  x: number;
  y: number;
  width: number;
  height: number;
}

export const PLACE_COLUMNS = ['file', 'page', 'x', 'y', 'width', 'height'] as const;

/** The names of a table's columns for places; none where all photos are whole files. */
export const placeHeader = ({ places }: Pick<EmbeddingTable, 'places'>): readonly string[] =>
  places ? PLACE_COLUMNS : [];

/** What the columns for places hold in a row, as text; none where all photos are whole files. */
export function placeWords({ places, guard = false }: Pick<EmbeddingTable, 'places' | 'guard'>, row: number): string[] {
  if (!places) return [];
  const place = places[row]!;
  return PLACE_COLUMNS.map((column) => {
    const value = place[column];
    return value === null ? '' : typeof value === 'string' && guard ? guarded(value) : String(value);
  });
}

export interface Pictures {
  /** Side of a picture, pixels. */
  size: number;
  /** The picture of a row: [size, size, 3]. */
  of(row: number): Uint8Array | Promise<Uint8Array>;
}

/** Name and label of a row, as a CSV file writes them. */
export function wordsOf({ names, labels, guard = false }: EmbeddingTable, row: number): [name: string, label: string] {
  const words: [string, string] = [names[row] ?? '', labels[row] ?? ''];
  return guard ? [guarded(words[0]), guarded(words[1])] : words;
}
