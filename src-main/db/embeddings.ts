/** Embedding sets: which checkpoint embedded which photos. The vectors are in runs/<id>/embeddings/<set>.npy. */
import type { Db } from './database.ts';

export interface EmbeddingSetRow {
  id: string;
  runId: string;
  checkpointId: string;
  epoch: number;
  datasetId: string;
  /** Fingerprint of the photos embedded: where the folder's is another, the set is out of date. */
  fingerprint: string;
  images: number;
  dimensions: number;
  createdAt: number;
}

const columns = `id, run_id AS runId, checkpoint_id AS checkpointId, epoch, dataset_id AS datasetId, fingerprint, images,
  dimensions, created_at AS createdAt`;

export function embeddingSetsTable(db: Db) {
  const all = db.prepare<[], EmbeddingSetRow>(
    `SELECT ${columns} FROM embedding_sets ORDER BY created_at DESC, rowid DESC`,
  );
  const ofRun = db.prepare<[string], EmbeddingSetRow>(
    `SELECT ${columns} FROM embedding_sets WHERE run_id = ? ORDER BY created_at DESC, rowid DESC`,
  );
  const get = db.prepare<[string], EmbeddingSetRow>(`SELECT ${columns} FROM embedding_sets WHERE id = ?`);
  const find = db.prepare<[string, string, string], EmbeddingSetRow>(
    `SELECT ${columns} FROM embedding_sets WHERE checkpoint_id = ? AND dataset_id = ? AND fingerprint = ?`,
  );
  const insert = db.prepare(
    `INSERT INTO embedding_sets (id, run_id, checkpoint_id, epoch, dataset_id, fingerprint, images, dimensions, created_at)
     VALUES (@id, @runId, @checkpointId, @epoch, @datasetId, @fingerprint, @images, @dimensions, @createdAt)`,
  );
  const bytes = db.prepare<[], { runId: string; bytes: number }>(
    'SELECT run_id AS runId, sum(4 * images * dimensions) AS bytes FROM embedding_sets GROUP BY run_id',
  );
  const remove = db.prepare('DELETE FROM embedding_sets WHERE id = ?');
  return {
    all: () => all.all(),
    ofRun: (runId: string) => ofRun.all(runId),
    /** Of all its embeddings, by run. */
    bytes: () => new Map(bytes.all().map((row) => [row.runId, row.bytes])),
    get: (id: string) => get.get(id),
    find: (checkpointId: string, datasetId: string, fingerprint: string) =>
      find.get(checkpointId, datasetId, fingerprint),
    insert: (row: EmbeddingSetRow) => void insert.run(row),
    remove: (id: string) => void remove.run(id),
  };
}
