/** Cells of an experiment and the table of them, with what a test does not name as a run that learned would have it. */
import type { Experiment, LabCell } from '../../shared/contract.ts';
import { findings } from '../../shared/lab/findings.ts';
import type { StudyId } from '../../shared/lab/studyId.ts';
import type { Verdict } from '../../shared/verdict/judgement.ts';

export const cell = (
  armId: string,
  seed: number,
  more: {
    knn?: number;
    linear?: number;
    agreement?: number;
    rank?: number;
    loss?: number;
    verdict?: Verdict;
    failed?: string;
  } = {},
): LabCell => ({
  armId,
  seed,
  runId: `${armId}-${seed}`,
  color: '#0072b2',
  state: more.failed ? 'failed' : 'finished',
  progress: 1,
  etaSeconds: null,
  seconds: 60,
  figures: more.failed
    ? null
    : {
        epoch: 16,
        loss: more.loss ?? -0.6,
        knn: more.knn ?? null,
        agreement: more.agreement ?? 0.4,
        rank: more.rank ?? 40,
        zStd: 0.95,
        verdict: more.verdict ?? 'healthy',
        untrained: { knn: more.knn === undefined ? null : 0.25, agreement: 0.1, rank: 20 },
        free: 0.35,
      },
  linear: more.linear ?? null,
  error: more.failed ? { name: 'E', message: 'it failed', code: more.failed } : null,
});
export const tableOf = (study: StudyId, cells: LabCell[], more: Partial<Experiment> = {}) => ({
  study,
  images: 1200,
  measure: 'knn' as const,
  asked: 1000,
  seeds: Math.max(...cells.map(({ seed }) => seed)) + 1,
  cells,
  ...more,
});
export const keys = (table: ReturnType<typeof tableOf>) => findings(table).map(({ key }) => key);
