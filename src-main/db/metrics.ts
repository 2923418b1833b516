/** A run's figures over time: probes (epochs), steps, verdicts and query strips. */
import { completed } from '../../shared/metricRows.ts';
import type { EpochMetrics, StepMetrics } from '../../shared/metricRows.ts';
import { recordVersion, upgradeRecord } from '../../shared/records.ts';
import type { Fields } from '../../shared/records.ts';
import type { Judgement } from '../../shared/verdict/judgement.ts';
import type { AppResult } from '../../shared/contract.ts';
import type { Db } from './database.ts';

export type StepBucket = StepMetrics & { lossMin: number; lossMax: number };
export type Strip = AppResult<'runs.strip'>[number];

const stepColumns =
  'step, epoch, loss, z_std AS zStdTraining, learning_rate AS learningRate, training_seconds AS trainingSeconds, at';

/**
 * The last step of each bucket. CROSS JOIN because SQLite would else read all buckets again for each step; so it reads
 * the buckets first, then the row of each.
 */
export const bucketedSteps = `
  SELECT ${stepColumns}, lossMin, lossMax FROM
    (SELECT max(step) AS last, min(loss) AS lossMin, max(loss) AS lossMax FROM step_metrics
     WHERE run_id = ? AND step > ? AND loss IS NOT NULL GROUP BY (step - CAST(? AS INTEGER)) / CAST(? AS INTEGER))
  CROSS JOIN step_metrics ON run_id = ? AND step = last ORDER BY last`;

/** Curves that are kept: a window asks for the same ones whenever a chart is looked at. */
const KEPT_CURVES = { runs: 64, questions: 8 };

export function metricsTables(db: Db) {
  const putEpoch = db.prepare(
    'INSERT OR REPLACE INTO epoch_metrics (run_id, step, metrics, record_version) VALUES (?, ?, ?, ?)',
  );
  const epochs = db.prepare<[string], { metrics: string; version: number }>(
    'SELECT metrics, record_version AS version FROM epoch_metrics WHERE run_id = ? ORDER BY step',
  );
  const putStep = db.prepare(
    `INSERT OR REPLACE INTO step_metrics (run_id, step, epoch, loss, z_std, learning_rate, training_seconds, at)
     VALUES (@runId, @step, @epoch, @loss, @zStdTraining, @learningRate, @trainingSeconds, @at)`,
  );
  const range = db.prepare<[string, number], { n: number; first: number; last: number }>(
    'SELECT count(*) AS n, min(step) AS first, max(step) AS last FROM step_metrics WHERE run_id = ? AND step > ? AND loss IS NOT NULL',
  );
  const plain = db.prepare<[string, number], StepBucket>(
    `SELECT ${stepColumns}, loss AS lossMin, loss AS lossMax FROM step_metrics WHERE run_id = ? AND step > ? AND loss IS NOT NULL ORDER BY step`,
  );
  const bucketed = db.prepare<[string, number, number, number, string], StepBucket>(bucketedSteps);
  const putVerdict = db.prepare('INSERT OR REPLACE INTO verdicts (run_id, step, judgement) VALUES (?, ?, ?)');
  const lastVerdict = db.prepare<[string], { judgement: string }>(
    'SELECT judgement FROM verdicts WHERE run_id = ? ORDER BY step DESC LIMIT 1',
  );
  const putStrip = db.prepare('INSERT OR REPLACE INTO strips (run_id, step, epoch, queries) VALUES (?, ?, ?, ?)');
  const strips = db.prepare<[string], { step: number; epoch: number; queries: string }>(
    'SELECT step, epoch, queries FROM strips WHERE run_id = ? ORDER BY step',
  );
  const rewinds = ['epoch_metrics', 'step_metrics', 'verdicts', 'strips'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE run_id = ? AND step > ?`),
  );
  /** Curves of steps as they were asked for last, by run and question, until a step of the run changes. */
  const curves = new Map<string, Map<string, StepBucket[]>>();
  return {
    putEpoch: (runId: string, metrics: EpochMetrics) =>
      void putEpoch.run(runId, metrics.step, JSON.stringify(metrics), recordVersion),
    epochs: (runId: string) =>
      epochs
        .all(runId)
        .map(({ metrics, version }) =>
          completed(upgradeRecord('metrics', JSON.parse(metrics) as Fields, version) as EpochMetrics),
        ),
    putSteps: db.transaction((runId: string, steps: readonly StepMetrics[]) => {
      curves.delete(runId);
      for (const step of steps) putStep.run({ ...step, runId });
    }),
    /** Steps after `after`, in at most `points` buckets of equal length: the last row of each, with the least and greatest loss. */
    steps(runId: string, after: number, points: number): readonly StepBucket[] {
      const kept = curves.get(runId) ?? new Map<string, StepBucket[]>();
      const question = `${after} ${points}`;
      const there = kept.get(question);
      if (there) return there;
      const { n, first, last } = range.get(runId, after)!;
      const width = Math.ceil((last - first + 1) / points);
      const curve = n <= points ? plain.all(runId, after) : bucketed.all(runId, after, first, width, runId);
      if (kept.size >= KEPT_CURVES.questions) kept.clear();
      kept.set(question, curve);
      curves.delete(runId); // to the end
      curves.set(runId, kept);
      if (curves.size > KEPT_CURVES.runs) curves.delete(curves.keys().next().value!);
      return curve;
    },
    putVerdict: (runId: string, step: number, judgement: Judgement) =>
      void putVerdict.run(runId, step, JSON.stringify(judgement)),
    lastVerdict(runId: string): Judgement | null {
      const row = lastVerdict.get(runId);
      return row ? (JSON.parse(row.judgement) as Judgement) : null;
    },
    putStrip: (runId: string, strip: Strip) =>
      void putStrip.run(runId, strip.step, strip.epoch, JSON.stringify(strip.queries)),
    strips: (runId: string): Strip[] =>
      strips.all(runId).map((row) => ({ ...row, queries: JSON.parse(row.queries) as Strip['queries'] })),
    /** Forgets everything after `step`: a run that goes on from a checkpoint computes it again. */
    rewind: db.transaction((runId: string, step: number) => {
      curves.delete(runId);
      for (const statement of rewinds) statement.run(runId, step);
    }),
  };
}
