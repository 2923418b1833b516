/**
 * Embeddings for the Embedding Projector of TensorBoard and projector.tensorflow.org: tab-separated vectors and
 * metadata, and the configuration that names them. The metadata have a header exactly when they have more than one
 * column: that is how the projector tells.
 */
import { join } from 'node:path';
import { writeFileAtomic } from '../files/index.ts';
import { floatText, writeLines } from './csv.ts';
import type { EmbeddingTable } from './table.ts';

/** One line of one cell: tabs, line breaks and other control characters become spaces. */
export const projectorCell = (value: string): string => value.toWellFormed().replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');

/** The lines of metadata.tsv for `columns` of equal length, each with its name. */
export function* metadataLines(columns: { name: string; values: readonly string[] }[]): Generator<string> {
  const line = (cells: string[]) => cells.map(projectorCell).join('\t') + '\n';
  if (columns.length > 1) yield line(columns.map((c) => c.name));
  for (let i = 0; i < (columns[0]?.values.length ?? 0); i++)
    // The projector skips blank lines, which would shift every later name: a lone empty cell gets a dash.
    yield line(columns.map((c) => (columns.length === 1 ? c.values[i]!.trim() || '-' : c.values[i]!)));
}

/** Writes the three files into `directory`, which exists. Returns their names. */
export async function writeProjector(
  directory: string,
  { names, labels, ids, vectors, n, d }: EmbeddingTable,
): Promise<string[]> {
  function* tensors() {
    for (let i = 0; i < n; i++) {
      const row = new Array<string>(d);
      for (let j = 0; j < d; j++) row[j] = floatText(vectors[i * d + j]!);
      yield row.join('\t') + '\n';
    }
  }
  await writeLines(join(directory, 'tensors.tsv'), tensors());
  const columns = [
    { name: 'name', values: names },
    { name: 'id', values: ids },
  ];
  if (labels.some((label) => label !== null))
    columns.unshift({ name: 'label', values: labels.map((label) => label ?? '') });
  await writeLines(join(directory, 'metadata.tsv'), metadataLines(columns));
  await writeFileAtomic(
    join(directory, 'projector_config.pbtxt'),
    `embeddings {\n  tensor_name: "embeddings"\n  tensor_path: "tensors.tsv"\n  tensor_shape: ${n}\n  tensor_shape: ${d}\n  metadata_path: "metadata.tsv"\n}\n`,
  );
  return ['tensors.tsv', 'metadata.tsv', 'projector_config.pbtxt'];
}
