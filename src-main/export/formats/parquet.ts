/**
 * Embeddings as Parquet: id, name, label (optional) and embedding, a list of float32. Encoding is hyparquet-writer's;
 * rows go out a group at a time, so that the table is never in memory twice.
 */
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { SchemaElement } from 'hyparquet';
import { writeStreamAtomic } from '../../files/index.ts';
import { exactly, largestDifference, verifyFailed } from '../report.ts';
import { PLACE_COLUMNS } from '../table.ts';
import type { EmbeddingTable } from '../table.ts';
import type { WriteEmbeddings } from '../work.ts';

export const write: WriteEmbeddings = async ({ directory, table }) => {
  await writeParquet(join(directory, 'embeddings.parquet'), table);
  return {
    files: ['embeddings.parquet'],
    verified: [await verify(directory, table)],
    snippets: [
      {
        language: 'python',
        code: 'import numpy as np, pandas as pd\n\ntable = pd.read_parquet("embeddings.parquet")\nembeddings = np.stack(table["embedding"])\n',
      },
      { language: 'sql', code: "-- DuckDB\nSELECT name, label, embedding FROM 'embeddings.parquet';\n" },
    ],
  };
};

const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
const number = { type: 'INT32', repetition_type: 'OPTIONAL' } as const;
const PLACES: SchemaElement[] = PLACE_COLUMNS.map((name) =>
  name === 'file' ? { name, ...text, repetition_type: 'REQUIRED' } : { name, ...number },
);
const schemaOf = ({ places }: EmbeddingTable): SchemaElement[] => [
  { name: 'root', num_children: places ? 4 + PLACES.length : 4 },
  { name: 'id', ...text, repetition_type: 'REQUIRED' },
  { name: 'name', ...text, repetition_type: 'REQUIRED' },
  { name: 'label', ...text, repetition_type: 'OPTIONAL' },
  ...(places ? PLACES : []),
  { name: 'embedding', converted_type: 'LIST', repetition_type: 'REQUIRED', num_children: 1 },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
];

/** Numbers in a row group: about 16 MB of floats. */
const GROUP_NUMBERS = 4 << 20;

/** Writes the table atomically. @throws FileError write-failed */
function writeParquet(path: string, table: EmbeddingTable): Promise<void> {
  const { ids, names, labels, places, vectors, n, d } = table;
  return writeStreamAtomic(path, async (append) => {
    const bytes = new ByteWriter(1 << 20);
    const parquet = new ParquetWriter({
      writer: bytes,
      schema: schemaOf(table),
      createdBy: 'Lookalike',
      statistics: false,
    });
    const flush = async () => {
      await append(bytes.getBytes());
      bytes.index = 0;
    };
    const step = Math.max(1, Math.floor(GROUP_NUMBERS / d));
    for (let from = 0; from < n; from += step) {
      const to = Math.min(n, from + step);
      const some = vectors.rows(from, to);
      await parquet.write({
        columnData: [
          { name: 'id', data: ids.slice(from, to).map((x) => x.toWellFormed()) },
          { name: 'name', data: names.slice(from, to).map((x) => x.toWellFormed()) },
          { name: 'label', data: labels.slice(from, to).map((x) => x?.toWellFormed() ?? null) },
          ...(places
            ? PLACE_COLUMNS.map((name) => ({ name, data: places.slice(from, to).map((place) => place[name]) }))
            : []),
          // Floats of an embedding hardly repeat and do not compress.
          {
            name: 'embedding',
            data: Array.from({ length: to - from }, (_, i) => Array.from(some.subarray(i * d, (i + 1) * d))),
            encoding: 'PLAIN',
            codec: 'UNCOMPRESSED',
          },
        ],
        rowGroupSize: step,
      });
      await flush();
    }
    await parquet.finish();
    await flush();
  });
}

const wellFormed = (x: string) => x.toWellFormed();

async function verify(directory: string, { ids, names, labels, places, vectors, n }: EmbeddingTable) {
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
        (found['label'] ?? null) !== (labels[row]?.toWellFormed() ?? null) ||
        (places && PLACE_COLUMNS.some((column) => (found[column] ?? null) !== places[row]![column]))
      )
        throw verifyFailed(file, `another row ${row}`, { row });
      difference = Math.max(difference, largestDifference(found['embedding'] as number[], vectors.rows(row, row + 1)));
      row++;
    }
  }
  return exactly(file, difference, 'hyparquet');
}
