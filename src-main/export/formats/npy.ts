/** Embeddings as one NumPy array, with a table of what its rows are; both are read back. */
import { join } from 'node:path';
import { csvLine } from '../../../shared/csv.ts';
import { readCsv, writeCsv } from '../csv.ts';
import { writeNpyRows } from '../npy.ts';
import { exactly, largestDifference, verifyFailed } from '../report.ts';
import { placeHeader, placeWords, wordsOf } from '../table.ts';
import type { EmbeddingTable } from '../table.ts';
import { openVectors } from '../vectors.ts';
import type { WriteEmbeddings } from '../work.ts';

export const write: WriteEmbeddings = async ({ directory, table }) => {
  const { ids, n, d } = table;
  await writeNpyRows(join(directory, 'embeddings.npy'), n, d, piecesOf(table));
  await writeCsv(
    join(directory, 'images.csv'),
    ['row', 'id', 'name', 'label', ...placeHeader(table)],
    ids.map((id, i) => [String(i), id, ...wordsOf(table, i), ...placeWords(table, i)]),
  );
  return {
    files: ['embeddings.npy', 'images.csv'],
    verified: [await verifyNumbers(directory, table), await verifyNames(directory, table)],
    snippets: [
      {
        language: 'python',
        code: 'import numpy as np, pandas as pd\n\nembeddings = np.load("embeddings.npy")  # [n, D] float32\nimages = pd.read_csv("images.csv", dtype={"id": str, "label": str})  # row i names embeddings[i]\n',
      },
    ],
  };
};

async function verifyNumbers(directory: string, { vectors, n, d }: EmbeddingTable) {
  const file = 'embeddings.npy';
  const written = await openVectors(join(directory, file));
  try {
    if (written.n !== n || written.d !== d) throw verifyFailed(file, `shape [${written.n}, ${written.d}]`);
    let difference = 0;
    for (let row = 0; row < n; row++)
      difference = Math.max(difference, largestDifference(written.rows(row, row + 1), vectors.rows(row, row + 1)));
    return exactly(file, difference, 'npy reader');
  } finally {
    written.close();
  }
}

/** Rows written at a time. */
const PIECE_ROWS = 4096;

function* piecesOf({ vectors, n }: EmbeddingTable): Generator<Float32Array> {
  for (let from = 0; from < n; from += PIECE_ROWS) yield vectors.rows(from, Math.min(n, from + PIECE_ROWS));
}

async function verifyNames(directory: string, table: EmbeddingTable) {
  const { ids, n } = table;
  const file = 'images.csv';
  let row = -1;
  for await (const fields of readCsv(join(directory, file))) {
    if (row >= 0) {
      const expected = [String(row), ids[row] ?? '', ...wordsOf(table, row), ...placeWords(table, row)];
      if (csvLine(fields) !== csvLine(expected)) throw verifyFailed(file, `another row ${row}`, { row });
    }
    row++;
  }
  if (row !== n) throw verifyFailed(file, `${row} rows of ${n}`);
  return { file, difference: 0, reader: 'CSV reader' };
}
