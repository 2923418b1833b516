/** Embeddings as one CSV file, every number in the shortest text that reads back as it. */
import { join } from 'node:path';
import { csvLine } from '../../../shared/csv.ts';
import { floatText, parseFloatText, readCsv, writeCsv } from '../csv.ts';
import { exactly, largestDifference, verifyFailed } from '../report.ts';
import { placeHeader, placeWords, wordsOf } from '../table.ts';
import type { EmbeddingTable } from '../table.ts';
import type { WriteEmbeddings } from '../work.ts';

export const write: WriteEmbeddings = async ({ directory, table }) => {
  await writeCsv(join(directory, 'embeddings.csv'), headerOf(table), rowsOf(table));
  return {
    files: ['embeddings.csv'],
    verified: [await verify(directory, table)],
    snippets: [
      {
        language: 'python',
        code: 'import pandas as pd\n\ntable = pd.read_csv("embeddings.csv", dtype={"id": str, "label": str})\nembeddings = table.filter(regex=r"^e\\d+$").to_numpy("float32")\n',
      },
    ],
  };
};

const headerOf = (table: EmbeddingTable) => [
  'id',
  'name',
  'label',
  ...placeHeader(table),
  ...Array.from({ length: table.d }, (_, j) => `e${j}`),
];

function* rowsOf(table: EmbeddingTable): Generator<string[]> {
  const { ids, vectors, n } = table;
  for (let i = 0; i < n; i++) {
    const row = [ids[i]!, ...wordsOf(table, i), ...placeWords(table, i)];
    for (const value of vectors.rows(i, i + 1)) row.push(floatText(value));
    yield row;
  }
}

async function verify(directory: string, table: EmbeddingTable) {
  const { ids, vectors, n } = table;
  const file = 'embeddings.csv';
  let row = -1;
  let difference = 0;
  for await (const fields of readCsv(join(directory, file))) {
    if (row >= 0) {
      const expected = [ids[row] ?? '', ...wordsOf(table, row), ...placeWords(table, row)];
      if (csvLine(fields.slice(0, expected.length)) !== csvLine(expected))
        throw verifyFailed(file, `another row ${row}`, { row });
      const numbers = Float32Array.from(fields.slice(expected.length), parseFloatText);
      difference = Math.max(difference, largestDifference(numbers, vectors.rows(row, row + 1)));
    }
    row++;
  }
  if (row !== n) throw verifyFailed(file, `${row} rows of ${n}`);
  return exactly(file, difference, 'CSV reader');
}
