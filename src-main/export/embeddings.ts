/** Embeddings of a folder as files for other programs, one format after another. */
import { InternalError } from '../../shared/errors.ts';
import type { EmbeddingFormat } from '../../shared/exports.ts';
import { makeFolder } from '../files/index.ts';
import { emptyReport } from './report.ts';
import type { ExportReport } from './report.ts';
import type { EmbeddingTable } from './table.ts';
import { vectorsOf } from './vectors.ts';
import type { Vectors } from './vectors.ts';
import { embeddingWriter, writeFormat } from './work.ts';

/**
 * Writes the table into `directory` (made when absent) in each format. Reports what could be written, and why the rest
 * could not.
 * @throws InternalError bad-shape, FileError write-failed where the folder cannot be made
 */
export async function exportEmbeddings({
  directory,
  formats,
  vectors,
  ...rest
}: Omit<EmbeddingTable, 'vectors'> & {
  /** [n, d]; those of many photos are read from their file as they are written. */
  vectors: Float32Array | Vectors;
  directory: string;
  formats: readonly EmbeddingFormat[];
}): Promise<ExportReport> {
  const { ids, names, labels, n, d } = rest;
  const given = vectors instanceof Float32Array ? vectors.length : vectors.n * vectors.d;
  if (ids.length !== n || names.length !== n || labels.length !== n || given !== n * d)
    throw new InternalError(
      'bad-shape',
      `${n} embeddings of ${d} numbers need as many ids (${ids.length}), names (${names.length}), labels (${labels.length}) and ${n * d} numbers (${given})`,
      { n, d },
    );
  const table = { ...rest, vectors: vectors instanceof Float32Array ? vectorsOf(vectors, n, d) : vectors };
  makeFolder(directory);
  const report = emptyReport();
  for (const format of formats)
    await writeFormat(report, format, directory, async () => (await embeddingWriter(format))({ directory, table }));
  return report;
}
