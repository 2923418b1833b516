/** Embeddings as an Arrow file (Feather 2): id, name, label (optional), and embedding, a list of as many float32 in every row. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { writeStreamAtomic } from '../../files/index.ts';
import { writeArrow } from '../arrow/file.ts';
import { verifyFailed } from '../report.ts';
import type { WriteEmbeddings } from '../work.ts';

const FILE = 'embeddings.arrow';

export const write: WriteEmbeddings = async ({ directory, table }) => {
  const path = join(directory, FILE);
  const written = createHash('sha256');
  await writeStreamAtomic(path, (append) =>
    writeArrow(table, async (bytes) => {
      written.update(bytes);
      await append(bytes);
    }),
  );
  const read = createHash('sha256');
  for await (const bytes of createReadStream(path) as AsyncIterable<Buffer>) read.update(bytes);
  if (read.digest('hex') !== written.digest('hex')) throw verifyFailed(FILE, 'other bytes');
  return {
    files: [FILE],
    verified: [{ file: FILE, difference: 0, reader: 'SHA-256' }],
    snippets: [
      {
        language: 'python',
        code: 'import numpy as np, pyarrow.feather as feather\n\ntable = feather.read_table("embeddings.arrow", memory_map=True)\nembeddings = np.stack(table["embedding"].to_numpy(zero_copy_only=False))\n',
      },
      {
        language: 'python',
        code: 'import lancedb, pyarrow.feather as feather\n\nphotos = lancedb.connect("photos.lance").create_table("photos", feather.read_table("embeddings.arrow"))\nphotos.search(photos.head(1)["embedding"][0].as_py()).distance_type("cosine").limit(10).to_pandas()\n',
      },
    ],
  };
};
