/**
 * Embeddings of a folder as files for other programs: npy with a table of names, csv, parquet, and the Embedding
 * Projector's. Each file is read back and compared before it is reported.
 */
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { csvLine } from '../../shared/csv.ts';
import type { EmbeddingFormat } from '../../shared/exports.ts';
import { makeFolder } from '../files/index.ts';
import { floatText, readCsv, readLines, writeCsv } from './csv.ts';
import { ExportError } from './errors.ts';
import { readNpy, writeNpy } from './npy.ts';
import { writeParquet } from './parquet.ts';
import { projectorCell, writeProjector } from './projector.ts';
import { addFile, emptyReport, largestDifference, verifyFailed } from './report.ts';
import type { ExportReport } from './report.ts';
import { embeddingSnippets } from './snippets.ts';
import type { EmbeddingTable } from './table.ts';

const wellFormed = (x: string) => x.toWellFormed();

/**
 * Writes the table into `directory` (made when absent) in each format and reads every file back.
 * @throws ExportError bad-shape, verify-failed, FileError write-failed
 */
export async function exportEmbeddings({
  directory,
  formats,
  ...table
}: EmbeddingTable & { directory: string; formats: readonly EmbeddingFormat[] }): Promise<ExportReport> {
  const { ids, names, labels, vectors, n, d } = table;
  if (ids.length !== n || names.length !== n || labels.length !== n || vectors.length !== n * d)
    throw new ExportError(
      'bad-shape',
      `${n} embeddings of ${d} numbers need as many ids (${ids.length}), names (${names.length}), labels (${labels.length}) and ${n * d} numbers (${vectors.length})`,
      { n, d },
    );
  makeFolder(directory);
  const report = emptyReport();
  for (const format of formats) {
    switch (format) {
      case 'npy':
        await writeNpy(join(directory, 'embeddings.npy'), { shape: [n, d], data: vectors });
        await writeCsv(
          join(directory, 'images.csv'),
          ['row', 'id', 'name', 'label'],
          ids.map((id, i) => [String(i), id, names[i]!, labels[i] ?? '']),
        );
        await addFile(report, directory, 'embeddings.npy', format);
        await addFile(report, directory, 'images.csv', format);
        report.verified.push(await verifyNpy(directory, table), await verifyNames(directory, table));
        break;
      case 'csv':
        await writeCsv(join(directory, 'embeddings.csv'), csvHeader(d), csvRows(table));
        await addFile(report, directory, 'embeddings.csv', format);
        report.verified.push(await verifyCsv(directory, table));
        break;
      case 'parquet':
        await writeParquet(join(directory, 'embeddings.parquet'), table);
        await addFile(report, directory, 'embeddings.parquet', format);
        report.verified.push(await verifyParquet(directory, table));
        break;
      case 'projector':
        makeFolder(join(directory, 'projector'));
        for (const file of await writeProjector(join(directory, 'projector'), table))
          await addFile(report, directory, `projector/${file}`, format);
        report.verified.push(await verifyProjector(directory, table));
        break;
      default:
        format satisfies never;
    }
    report.snippets.push(...embeddingSnippets(format));
  }
  return report;
}

const csvHeader = (d: number) => ['id', 'name', 'label', ...Array.from({ length: d }, (_, j) => `e${j}`)];

function* csvRows({ ids, names, labels, vectors, n, d }: EmbeddingTable): Generator<string[]> {
  for (let i = 0; i < n; i++) {
    const row = [ids[i]!, names[i]!, labels[i] ?? ''];
    for (let j = 0; j < d; j++) row.push(floatText(vectors[i * d + j]!));
    yield row;
  }
}

async function verifyNpy(directory: string, { vectors, n, d }: EmbeddingTable) {
  const file = 'embeddings.npy';
  const { shape, data } = await readNpy(join(directory, file));
  if (shape[0] !== n || shape[1] !== d) throw verifyFailed(file, `shape [${shape.join(', ')}]`);
  return same(file, data as Float32Array, vectors, 'npy reader');
}

async function verifyNames(directory: string, { ids, names, labels, n }: EmbeddingTable) {
  const file = 'images.csv';
  let row = -1;
  for await (const fields of readCsv(join(directory, file))) {
    if (row >= 0) {
      const expected = [String(row), ids[row] ?? '', names[row] ?? '', labels[row] ?? ''];
      if (csvLine(fields) !== csvLine(expected)) throw verifyFailed(file, `another row ${row}`, { row });
    }
    row++;
  }
  if (row !== n) throw verifyFailed(file, `${row} rows of ${n}`);
  return { file, difference: 0, reader: 'CSV reader' };
}

async function verifyCsv(directory: string, { ids, names, labels, vectors, n, d }: EmbeddingTable) {
  const file = 'embeddings.csv';
  let row = -1;
  let difference = 0;
  for await (const fields of readCsv(join(directory, file))) {
    if (row >= 0) {
      const expected = [ids[row] ?? '', names[row] ?? '', labels[row] ?? ''];
      if (csvLine(fields.slice(0, 3)) !== csvLine(expected)) throw verifyFailed(file, `another row ${row}`, { row });
      const numbers = Float32Array.from(fields.slice(3), parseNumber);
      difference = Math.max(difference, largestDifference(numbers, vectors.subarray(row * d, (row + 1) * d)));
    }
    row++;
  }
  if (row !== n) throw verifyFailed(file, `${row} rows of ${n}`);
  if (difference > 0) throw verifyFailed(file, `numbers that differ by ${difference}`);
  return { file, difference, reader: 'CSV reader' };
}

const parseNumber = (text: string): number =>
  text === 'nan' ? NaN : text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text);

async function verifyParquet(directory: string, { ids, names, labels, vectors, n, d }: EmbeddingTable) {
  const file = 'embeddings.parquet';
  const source = await asyncBufferFromFile(join(directory, file));
  const metadata = await parquetMetadataAsync(source);
  if (metadata.num_rows !== BigInt(n)) throw verifyFailed(file, `${metadata.num_rows} rows of ${n}`);
  let row = 0;
  let difference = 0;
  for (const group of metadata.row_groups) {
    const end = row + Number(group.num_rows);
    for (const found of await parquetReadObjects({ file: source, metadata, rowStart: row, rowEnd: end })) {
      if (
        found['id'] !== wellFormed(ids[row]!) ||
        found['name'] !== wellFormed(names[row]!) ||
        (found['label'] ?? null) !== (labels[row]?.toWellFormed() ?? null)
      )
        throw verifyFailed(file, `another row ${row}`, { row });
      difference = Math.max(
        difference,
        largestDifference(found['embedding'] as number[], vectors.subarray(row * d, (row + 1) * d)),
      );
      row++;
    }
  }
  if (difference > 0) throw verifyFailed(file, `numbers that differ by ${difference}`);
  return { file, difference, reader: 'hyparquet' };
}

async function verifyProjector(directory: string, { names, vectors, n, d }: EmbeddingTable) {
  const file = 'projector/tensors.tsv';
  let row = 0;
  let difference = 0;
  for await (const line of readLines(join(directory, file), false)) {
    const numbers = Float32Array.from(line.split('\t'), parseNumber);
    difference = Math.max(difference, largestDifference(numbers, vectors.subarray(row * d, (row + 1) * d)));
    row++;
  }
  if (row !== n) throw verifyFailed(file, `${row} rows of ${n}`);
  if (difference > 0) throw verifyFailed(file, `numbers that differ by ${difference}`);
  const metadata = 'projector/metadata.tsv';
  let column = -1;
  row = -1;
  for await (const line of readLines(join(directory, metadata), false)) {
    const cells = line.split('\t');
    if (row < 0) column = cells.indexOf('name');
    else if (cells[column] !== projectorCell(names[row] ?? ''))
      throw verifyFailed(metadata, `another row ${row}`, { row });
    row++;
  }
  if (row !== n) throw verifyFailed(metadata, `${row} rows of ${n}`);
  return { file, difference, reader: 'TSV reader' };
}

function same(file: string, found: Float32Array, written: Float32Array, reader: string) {
  const difference = largestDifference(found, written);
  if (difference > 0) throw verifyFailed(file, `numbers that differ by ${difference}`);
  return { file, difference, reader };
}
