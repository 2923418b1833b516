/** Experiments as the contract shows them: rows of the database with what their runs say now. */
import { bestFree } from '../../../shared/baselines.ts';
import type { Experiment, ExperimentState, LabCell, RunState } from '../../../shared/contract.ts';
import { choiceOf } from '../../../shared/lab/beginningFindings.ts';
import { findings } from '../../../shared/lab/findings.ts';
import { tableRows } from '../../../shared/lab/table.ts';
import type { CellRow, ExperimentRow, RunRow } from '../../db/index.ts';
import type { AppContext } from '../context.ts';

export interface Liveness {
  /** It is worked on in this session, or waits its turn. */
  awake: boolean;
  activity: Experiment['activity'];
}

/** A run's figures of its last row, or null before it. */
export function figuresOf({ store }: Pick<AppContext, 'store'>, run: RunRow): LabCell['figures'] {
  const last = store.metrics.epochs(run.id).at(-1);
  if (!last || !run.untrained) return null;
  const { epoch, loss, knn, agreement, quality, rank, zStdTraining } = last;
  const { untrained } = run;
  return {
    epoch,
    loss,
    knn,
    agreement,
    quality,
    rank: rank.backbone,
    zStd: zStdTraining,
    verdict: run.judgement?.verdict ?? 'healthy',
    untrained: {
      knn: untrained.knn,
      agreement: untrained.agreement,
      quality: untrained.quality,
      rank: untrained.rank.backbone,
    },
    free: run.baselines ? bestFree(run.baselines).value : null,
  };
}

export function describeExperiment(
  context: Pick<AppContext, 'store'>,
  row: ExperimentRow,
  { awake, activity }: Liveness,
): Experiment {
  const { store } = context;
  const runs = new Map<string, RunRow>();
  const cellRows = store.lab.cells(row.id);
  for (const { runId } of cellRows) {
    const run = runId === null ? undefined : store.runs.get(runId);
    if (run && run.deletedAt === null) runs.set(run.id, run);
  }
  const cells = cellRows.map((cell) => describeCell(context, cell, runs.get(cell.runId ?? '')));
  const { plan } = row;
  const dataset = store.datasets.get(row.datasetId);
  const table = {
    study: row.study,
    images: plan.images,
    measure: plan.measure,
    asked: plan.asked,
    seeds: row.seeds,
    cells,
  };
  const device = [...runs.values()].find((run) => run.device !== null)?.device ?? plan.arms[0]?.config.device ?? null;
  return {
    id: row.id,
    study: row.study,
    ...(plan.kind && { kind: plan.kind }),
    ...(plan.teacher !== undefined && { teacher: plan.teacher }),
    datasetId: row.datasetId,
    datasetName: dataset?.name ?? '',
    datasetNaming: dataset?.naming ?? null,
    state: stateOf(row, awake, cells),
    minutes: row.minutes,
    seeds: row.seeds,
    linear: row.linear,
    measure: plan.measure,
    split: plan.split,
    asked: plan.asked,
    images: plan.images,
    epochs: plan.epochs,
    device,
    createdAt: row.createdAt,
    endedAt: row.endedAt,
    cells,
    rows: tableRows(table),
    findings: findings(table),
    choice: choiceOf(table, plan.kind ?? 'any', plan.teacher),
    progress: cells.reduce((sum, cell) => sum + cell.progress, 0) / Math.max(1, cells.length),
    etaSeconds: awake ? remaining(row, cellRows, cells) : null,
    activity,
    reportFolder: row.reportFolder,
  };
}

function stateOf({ state }: ExperimentRow, awake: boolean, cells: readonly LabCell[]): ExperimentState {
  if (state === 'finished' || state === 'stopped') return state;
  if (!awake) return 'stopped';
  return cells.some((cell) => cell.state === 'paused') ? 'paused' : state;
}

function describeCell(context: Pick<AppContext, 'store'>, row: CellRow, run: RunRow | undefined): LabCell {
  const state: RunState = row.ended ?? run?.state ?? 'queued';
  const share = run?.steps ? Math.min(1, run.step / run.steps) : 0;
  return {
    armId: row.armId,
    seed: row.seed,
    runId: run?.id ?? null,
    color: run?.color ?? row.color,
    state,
    progress: row.ended ? 1 : share,
    etaSeconds: state === 'running' ? (run?.etaSeconds ?? null) : null,
    seconds: run?.trainingSeconds ?? row.seconds,
    figures: row.figures ?? (run ? figuresOf(context, run) : null),
    linear: row.linear,
    error: row.error ?? row.linearError ?? (state === 'interrupted' ? (run?.error ?? null) : null),
  };
}

/** Seconds left for the cells that have not ended, at the pace of those that have; null when all have ended. */
function remaining({ plan }: ExperimentRow, rows: readonly CellRow[], cells: readonly LabCell[]): number | null {
  const planned = (armId: string) => plan.arms.find((arm) => arm.armId === armId)?.seconds ?? 0;
  const done = rows.filter((row) => row.ended === 'finished' && row.seconds > 0);
  const pace =
    done.length > 0
      ? done.reduce((sum, row) => sum + row.seconds, 0) / done.reduce((sum, row) => sum + planned(row.armId), 0)
      : 1;
  const left = cells.filter((_, i) => rows[i]!.ended === null);
  if (left.length === 0) return null;
  return left.reduce((sum, cell) => sum + (cell.etaSeconds ?? (1 - cell.progress) * pace * planned(cell.armId)), 0);
}
