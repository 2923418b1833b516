/** Finished evaluations and exports, kept as the contract shows them. */
import type { Evaluation, ExportRecord } from '../../shared/contract.ts';
import type { Db } from './database.ts';

/** [image id, actual class, predicted class] */
export type Prediction = readonly [string, number, number];

export function evaluationsTable(db: Db) {
  const insert = db.prepare(
    'INSERT INTO evaluations (id, run_id, body, predictions, created_at) VALUES (?, ?, ?, ?, ?)',
  );
  const all = db.prepare<[], { body: string }>('SELECT body FROM evaluations ORDER BY created_at DESC, rowid DESC');
  const ofRun = db.prepare<[string], { body: string }>(
    'SELECT body FROM evaluations WHERE run_id = ? ORDER BY created_at DESC, rowid DESC',
  );
  const get = db.prepare<[string], { body: string; predictions: string }>(
    'SELECT body, predictions FROM evaluations WHERE id = ?',
  );
  /** Earlier versions knew of no groups, and kept nothing of who was asked. */
  const parse = (row: { body: string }): Evaluation => ({
    groups: { kept: 0, cut: 0 },
    imagesOf: null,
    byGraph: 0,
    ...(JSON.parse(row.body) as Omit<Evaluation, 'groups' | 'imagesOf' | 'byGraph'>),
  });
  return {
    insert: (item: Evaluation, predictions: readonly Prediction[]) =>
      void insert.run(item.id, item.runId, JSON.stringify(item), JSON.stringify(predictions), item.createdAt),
    all: (runId?: string) => (runId === undefined ? all.all() : ofRun.all(runId)).map(parse),
    get(id: string): { evaluation: Evaluation; predictions: Prediction[] } | undefined {
      const row = get.get(id);
      return row && { evaluation: parse(row), predictions: JSON.parse(row.predictions) as Prediction[] };
    },
  };
}

export function exportsTable(db: Db) {
  const insert = db.prepare('INSERT INTO exports (id, run_id, body, created_at) VALUES (?, ?, ?, ?)');
  const all = db.prepare<[], { body: string }>('SELECT body FROM exports ORDER BY created_at DESC, rowid DESC');
  const ofRun = db.prepare<[string], { body: string }>(
    'SELECT body FROM exports WHERE run_id = ? ORDER BY created_at DESC, rowid DESC',
  );
  const get = db.prepare<[string], { body: string }>('SELECT body FROM exports WHERE id = ?');
  /** Earlier versions wrote all formats or none. */
  const parse = (row: { body: string }) => ({
    failures: [],
    ...(JSON.parse(row.body) as Omit<ExportRecord, 'failures'>),
  });
  return {
    insert: (item: ExportRecord) => void insert.run(item.id, item.runId, JSON.stringify(item), item.createdAt),
    all: (runId?: string) => (runId === undefined ? all.all() : ofRun.all(runId)).map(parse),
    get(id: string): ExportRecord | undefined {
      const row = get.get(id);
      return row && parse(row);
    },
  };
}
