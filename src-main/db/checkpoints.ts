/** Checkpoint files, one row each. The files are the truth: `replace` makes a run's rows equal to them. */
import { randomUUID } from 'node:crypto';
import type { CheckpointReport } from '../../shared/contract.ts';
import type { Db } from './database.ts';

export interface CheckpointRow {
  id: string;
  runId: string;
  /** Name below runs/<id>/checkpoints. */
  file: string;
  epoch: number;
  step: number;
  bytes: number;
  hasOptimizerState: number;
  kept: CheckpointReport['kept'];
  knn: number | null;
  agreement: number | null;
  createdAt: number;
}

const columns = `id, run_id AS runId, file, epoch, step, bytes, has_optimizer_state AS hasOptimizerState, kept, knn,
  agreement, created_at AS createdAt`;

/** The columns that a report sets. */
const facts = ['epoch', 'step', 'bytes', 'hasOptimizerState', 'kept', 'knn', 'agreement'] as const;

export function checkpointsTable(db: Db) {
  const ofRun = db.prepare<[string], CheckpointRow>(
    `SELECT ${columns} FROM checkpoints WHERE run_id = ? ORDER BY step, created_at`,
  );
  const get = db.prepare<[string], CheckpointRow>(`SELECT ${columns} FROM checkpoints WHERE id = ?`);
  const put = db.prepare(
    `INSERT INTO checkpoints (id, run_id, file, epoch, step, bytes, has_optimizer_state, kept, knn, agreement, created_at)
     VALUES (@id, @runId, @file, @epoch, @step, @bytes, @hasOptimizerState, @kept, @knn, @agreement, @createdAt)
     ON CONFLICT (run_id, file) DO UPDATE SET epoch = excluded.epoch, step = excluded.step, bytes = excluded.bytes,
       has_optimizer_state = excluded.has_optimizer_state, kept = excluded.kept, knn = excluded.knn, agreement = excluded.agreement`,
  );
  const remove = db.prepare('DELETE FROM checkpoints WHERE run_id = ? AND file = ?');
  const bytes = db.prepare<[string], { n: number }>(
    'SELECT coalesce(sum(bytes), 0) AS n FROM checkpoints WHERE run_id = ?',
  );
  const bytesOfEach = db.prepare<[], { runId: string; bytes: number }>(
    'SELECT run_id AS runId, sum(bytes) AS bytes FROM checkpoints GROUP BY run_id',
  );
  return {
    /** In the order of training; the last is the latest. */
    ofRun: (runId: string) => ofRun.all(runId),
    get: (id: string) => get.get(id),
    bytes: (runId: string) => bytes.get(runId)!.n,
    /** Of all its files, by run. */
    bytesOfEach: () => new Map(bytesOfEach.all().map((row) => [row.runId, row.bytes])),
    /**
     * Makes a run's rows equal to the files reported. Writes only what differs, so that nothing is written where
     * nothing changed: a full disk takes nothing.
     */
    replace: db.transaction((runId: string, files: readonly CheckpointReport[], now: number) => {
      const known = new Map(ofRun.all(runId).map((row) => [row.file, row]));
      const names = new Set(files.map((item) => item.file));
      for (const file of known.keys()) if (!names.has(file)) remove.run(runId, file);
      for (const item of files) {
        const row = { ...item, hasOptimizerState: item.hasOptimizerState ? 1 : 0 };
        const before = known.get(item.file);
        if (before && facts.every((key) => before[key] === row[key])) continue;
        put.run({ ...row, id: randomUUID(), runId, createdAt: now });
      }
    }),
    remove: (runId: string, file: string) => void remove.run(runId, file),
  };
}
