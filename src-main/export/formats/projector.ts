/**
 * Embeddings for the Embedding Projector of TensorBoard and projector.tensorflow.org: tab-separated vectors and
 * metadata, the photos as one picture, and the configuration that names them. The metadata have a header exactly when
 * they have more than one column: that is how the projector tells.
 */
import { join } from 'node:path';
import { makeFolder, writeFileAtomic } from '../../files/index.ts';
import { floatText, parseFloatText, readLines, writeLines } from '../csv.ts';
import { largestDifference, verifyFailed } from '../report.ts';
import { writeSprite } from '../sprite.ts';
import { placeHeader, placeWords } from '../table.ts';
import type { EmbeddingTable } from '../table.ts';
import type { WriteEmbeddings } from '../work.ts';

export const write: WriteEmbeddings = async ({ directory, table }) => {
  const folder = join(directory, 'projector');
  makeFolder(folder);
  const files = ['tensors.tsv', 'metadata.tsv', 'projector_config.pbtxt'];
  await writeTables(folder, table);
  const sprite = table.pictures
    ? await writeSprite(join(folder, 'sprite.png'), 'projector/sprite.png', table.n, table.pictures)
    : null;
  if (sprite) files.push('sprite.png');
  await writeFileAtomic(join(folder, 'projector_config.pbtxt'), configOf(table, sprite?.side ?? null));
  return {
    files: files.map((file) => `projector/${file}`),
    verified: [await verify(directory, table), ...(sprite ? [sprite.verified] : [])],
    snippets: [
      {
        language: 'shell',
        code: 'tensorboard --logdir projector   # or load tensors.tsv and metadata.tsv at projector.tensorflow.org\n',
      },
    ],
  };
};

/**
 * The configuration that TensorBoard reads: which files hold what. `side`: pixels of a photo in the sprite; null
 * without one.
 */
const configOf = ({ n, d }: EmbeddingTable, side: number | null): string =>
  [
    'embeddings {',
    '  tensor_name: "embeddings"',
    '  tensor_path: "tensors.tsv"',
    `  tensor_shape: ${n}`,
    `  tensor_shape: ${d}`,
    '  metadata_path: "metadata.tsv"',
    ...(side === null
      ? []
      : [
          '  sprite {',
          '    image_path: "sprite.png"',
          `    single_image_dim: ${side}`,
          `    single_image_dim: ${side}`,
          '  }',
        ]),
    '}\n',
  ].join('\n');

/** One line of one cell: tabs, line breaks and other control characters become spaces. */
const projectorCell = (value: string): string => value.toWellFormed().replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');

/** The lines of metadata.tsv for `columns` of equal length, each with its name. */
export function* metadataLines(columns: { name: string; values: readonly string[] }[]): Generator<string> {
  const line = (cells: string[]) => cells.map(projectorCell).join('\t') + '\n';
  if (columns.length > 1) yield line(columns.map((c) => c.name));
  for (let i = 0; i < (columns[0]?.values.length ?? 0); i++)
    // The projector skips blank lines, which would shift every later name: a lone empty cell gets a dash.
    yield line(columns.map((c) => (columns.length === 1 ? c.values[i]!.trim() || '-' : c.values[i]!)));
}

/** Writes the vectors and the metadata. */
async function writeTables(directory: string, table: EmbeddingTable): Promise<void> {
  const { names, labels, ids, vectors, n } = table;
  function* tensors() {
    for (let i = 0; i < n; i++) {
      yield Array.from(vectors.rows(i, i + 1), floatText).join('\t') + '\n';
    }
  }
  await writeLines(join(directory, 'tensors.tsv'), tensors());
  const columns = [
    { name: 'name', values: names },
    { name: 'id', values: ids },
    ...placeHeader(table).map((name, c) => ({ name, values: ids.map((_, row) => placeWords(table, row)[c]!) })),
  ];
  if (labels.some((label) => label !== null))
    columns.unshift({ name: 'label', values: labels.map((label) => label ?? '') });
  await writeLines(join(directory, 'metadata.tsv'), metadataLines(columns));
}

async function verify(directory: string, { names, vectors, n }: EmbeddingTable) {
  const file = 'projector/tensors.tsv';
  let row = 0;
  let difference = 0;
  for await (const line of readLines(join(directory, file), false)) {
    const numbers = Float32Array.from(line.split('\t'), parseFloatText);
    difference = Math.max(difference, largestDifference(numbers, vectors.rows(row, row + 1)));
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
