/** Embeddings of a folder as files for other programs, one format after another. */
import { InternalError } from '../../shared/errors.ts';
import type { EmbeddingFormat } from '../../shared/exports.ts';
import { makeFolder } from '../files/index.ts';
import { emptyReport } from './report.ts';
import type { ExportReport } from './report.ts';
import type { EmbeddingTable } from './table.ts';
import { embeddingWriter, writeFormat } from './work.ts';

/**
 * Writes the table into `directory` (made when absent) in each format. Reports what could be written, and why the rest
 * could not.
 * @throws InternalError bad-shape, FileError write-failed where the folder cannot be made
 */
export async function exportEmbeddings({
  directory,
  formats,
  ...table
}: EmbeddingTable & { directory: string; formats: readonly EmbeddingFormat[] }): Promise<ExportReport> {
  const { ids, names, labels, vectors, n, d } = table;
  if (ids.length !== n || names.length !== n || labels.length !== n || vectors.length !== n * d)
    throw new InternalError(
      'bad-shape',
      `${n} embeddings of ${d} numbers need as many ids (${ids.length}), names (${names.length}), labels (${labels.length}) and ${n * d} numbers (${vectors.length})`,
      { n, d },
    );
  makeFolder(directory);
  const report = emptyReport();
  for (const format of formats)
    await writeFormat(report, format, directory, async () => (await embeddingWriter(format))({ directory, table }));
  return report;
}
