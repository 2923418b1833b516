/**
 * Embeddings as JSON Lines, an object a photo: what vector databases (Qdrant, Milvus, Elasticsearch and others) and
 * Hugging Face's data sets load as it is. JSON has no NaN: an embedding with one is refused.
 */
import { join } from 'node:path';
import { floatText, readLines, writeLines } from '../csv.ts';
import { ExportError } from '../errors.ts';
import { exactly, largestDifference, verifyFailed } from '../report.ts';
import { PLACE_COLUMNS } from '../table.ts';
import type { EmbeddingTable, Place } from '../table.ts';
import type { WriteEmbeddings } from '../work.ts';

const FILE = 'embeddings.jsonl';

export const write: WriteEmbeddings = async ({ directory, table }) => {
  await writeLines(join(directory, FILE), linesOf(table));
  return {
    files: [FILE],
    verified: [await verify(directory, table)],
    snippets: [
      {
        language: 'python',
        code: 'import numpy as np, pandas as pd\n\ntable = pd.read_json("embeddings.jsonl", lines=True, dtype={"id": str, "label": str})\nembeddings = np.stack(table["embedding"])\n',
      },
    ],
  };
};

function* linesOf({ ids, names, labels, places, vectors, n }: EmbeddingTable): Generator<string> {
  for (let i = 0; i < n; i++) {
    const row = Array.from(vectors.rows(i, i + 1));
    if (!row.every(Number.isFinite)) throw new ExportError('unsupported.json', { name: names[i]! });
    const facts = {
      id: ids[i]!.toWellFormed(),
      name: names[i]!.toWellFormed(),
      label: labels[i]?.toWellFormed() ?? null,
      ...places?.[i],
    };
    // The shortest text of each float32; JSON.stringify would write the double that it is a rounding of.
    yield `${JSON.stringify(facts).slice(0, -1)},"embedding":[${row.map(floatText).join(',')}]}\n`;
  }
}

async function verify(directory: string, { ids, names, labels, places, vectors, n }: EmbeddingTable) {
  let row = 0;
  let difference = 0;
  for await (const line of readLines(join(directory, FILE), false)) {
    const found = JSON.parse(line) as Partial<Place> & {
      id: string;
      name: string;
      label: string | null;
      embedding: number[];
    };
    const expected = [ids[row], names[row], labels[row]].map((text) => text?.toWellFormed() ?? null);
    if (JSON.stringify([found.id, found.name, found.label]) !== JSON.stringify(expected))
      throw verifyFailed(FILE, `another row ${row}`, { row });
    if (places && PLACE_COLUMNS.some((column) => found[column] !== places[row]![column]))
      throw verifyFailed(FILE, `another place ${row}`, { row });
    const numbers = Float32Array.from(found.embedding);
    difference = Math.max(difference, largestDifference(numbers, vectors.rows(row, row + 1)));
    row++;
  }
  if (row !== n) throw verifyFailed(FILE, `${row} rows of ${n}`);
  return exactly(FILE, difference, 'JSON reader');
}
