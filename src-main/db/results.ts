/** Finished evaluations and exports, kept as the contract shows them. */
import type { Evaluation, ExportRecord } from '../../shared/contract.ts';
import type { Work } from '../../shared/work.ts';
import type { Db } from './database.ts';

/** [image id, actual class, predicted class] */
export type Prediction = readonly [string, number, number];

/** Predictions that are made text, and characters that are read, at a time: some milliseconds' work. */
const atOnce = 5000;
const readAtOnce = 1 << 17;

export function evaluationsTable(db: Db) {
  const insert = db.prepare(
    'INSERT INTO evaluations (id, run_id, body, predictions, created_at) VALUES (?, ?, ?, ?, ?)',
  );
  const all = db.prepare<[], { body: string }>('SELECT body FROM evaluations ORDER BY created_at DESC, rowid DESC');
  const ofRun = db.prepare<[string], { body: string }>(
    'SELECT body FROM evaluations WHERE run_id = ? ORDER BY created_at DESC, rowid DESC',
  );
  const get = db.prepare<[string], { body: string }>('SELECT body FROM evaluations WHERE id = ?');
  const predictions = db.prepare<[string], string>('SELECT predictions FROM evaluations WHERE id = ?').pluck();
  /** Earlier versions knew of no groups, and kept nothing of who was asked. */
  const parse = (row: { body: string }): Evaluation => ({
    groups: { kept: 0, cut: 0 },
    imagesOf: null,
    byGraph: 0,
    ...(JSON.parse(row.body) as Omit<Evaluation, 'groups' | 'imagesOf' | 'byGraph'>),
  });
  return {
    /** In pieces of some milliseconds: it is there when the last is made. */
    *insert(item: Evaluation, all: Iterable<Prediction>): Work<void> {
      const text: string[] = [];
      let some: Prediction[] = [];
      for (const prediction of all) {
        if (some.push(prediction) < atOnce) continue;
        text.push(JSON.stringify(some).slice(1, -1));
        some = [];
        yield;
      }
      if (some.length > 0) text.push(JSON.stringify(some).slice(1, -1));
      insert.run(item.id, item.runId, JSON.stringify(item), `[${text.join(',')}]`, item.createdAt);
    },
    all: (runId?: string) => (runId === undefined ? all.all() : ofRun.all(runId)).map(parse),
    get(id: string): Evaluation | undefined {
      const row = get.get(id);
      return row && parse(row);
    },
    /** What was said of each photo, in pieces of some milliseconds. */
    *predictions(id: string): Generator<Prediction[]> {
      const text = predictions.get(id) ?? '[]';
      for (let from = 1; from < text.length - 1;) {
        const next = text.indexOf('],[', from + readAtOnce);
        const to = next < 0 ? text.length - 1 : next + 1;
        yield JSON.parse(`[${text.slice(from, to)}]`) as Prediction[];
        from = to + 1;
      }
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
