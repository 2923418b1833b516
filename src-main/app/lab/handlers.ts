/** The calls of the Lab: planning and starting experiments, steering them, and their reports. */
import { randomUUID } from 'node:crypto';
import type { AppHandlers, LabRequest, labCalls } from '../../../shared/contract.ts';
import { EvaluationRequest } from '../../../shared/contract.ts';
import { diverged } from '../../../shared/lab/table.ts';
import { armName } from '../../../shared/messages/lab.ts';
import { given, isNamed } from '../../../shared/naming.ts';
import { reason } from '../../../shared/reason.ts';
import type { CellRow, ExperimentRow } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import type { Devices } from '../devices/index.ts';
import { AppError, found } from '../errors.ts';
import type { EvaluateHandlers } from '../evaluate.ts';
import type { Library } from '../library/library.ts';
import { palette } from '../runs/fresh.ts';
import type { RunHandlers } from '../runs/handlers.ts';
import { prepareDevices, refusalError } from '../runs/plan.ts';
import type { Supervisor } from '../runs/supervisor.ts';
import { Laboratory } from './laboratory.ts';
import { LabPlanner } from './plan.ts';
import { reportFiles, writeReport } from './report.ts';

export type LabHandlers = Pick<AppHandlers, keyof typeof labCalls>;

export interface LabApi {
  handlers: LabHandlers;
  /** Experiments that were running when the application ended go on. */
  wakeAll(): void;
  /** Resolves when nothing of the Lab runs any more; the supervisor has to be closed before. */
  idle(): Promise<void>;
}

export interface LabParts {
  library: Library;
  supervisor: Supervisor;
  devices: Devices;
  runs: RunHandlers;
  evaluate: EvaluateHandlers;
}

export function labHandlers(context: AppContext, { library, supervisor, devices, runs, evaluate }: LabParts): LabApi {
  const { store, events, tasks, closing } = context;
  const call = { signal: closing };
  const planner = new LabPlanner(context, library, devices, () => supervisor.busy);

  const laboratory = new Laboratory(context, supervisor, {
    async createRun(cell, experiment, config) {
      const named = runName(experiment, cell);
      const { id } = await runs['runs.create'](
        { datasetId: experiment.datasetId, name: named.name, preset: null, patch: config, clonedFrom: null },
        call,
      );
      store.runs.update(id, named);
      await runs['runs.update']({ runId: id, color: cell.color }, call);
      return id;
    },
    async evaluate(runId) {
      const task = await evaluate['evaluate.start'](EvaluationRequest.parse({ runId, kind: 'linear' }), call);
      return { taskId: task.id, accuracy: tasks.result(task.id).then((id) => store.evaluations.get(id!)!.accuracy) };
    },
  });

  async function start(request: LabRequest): Promise<ExperimentRow> {
    // Beside a training nothing is tested; what is known of the devices decides then.
    if (!supervisor.busy) await prepareDevices(context, devices, {});
    const plan = await planner.plan(request);
    const refusal = refusalError(plan);
    if (refusal) throw refusal;
    const { study, datasetId, minutes, seeds, linear } = request;
    const row: ExperimentRow = {
      id: randomUUID(),
      study,
      datasetId,
      state: 'queued',
      minutes,
      seeds,
      linear,
      plan,
      createdAt: Date.now(),
      endedAt: null,
      reportFolder: null,
    };
    const cells = Array.from({ length: seeds }, (_, seed) =>
      plan.arms.map(({ armId }, i) => ({ armId, seed, color: palette[i % palette.length]! })),
    ).flat();
    store.lab.insert(
      row,
      cells.map((cell, place): CellRow => ({
        ...cell,
        experimentId: row.id,
        place,
        runId: null,
        ended: null,
        figures: null,
        linear: null,
        linearError: null,
        error: null,
        seconds: 0,
        retries: 0,
      })),
    );
    laboratory.wake(row.id);
    return laboratory.row(row.id);
  }

  /**
   * Has cells tried again that failed other than by diverging, or whose linear evaluation failed; false where none did.
   */
  function retry(id: string): boolean {
    const again = store.lab
      .cells(id)
      .filter((cell) => (cell.ended === 'failed' && !diverged(cell)) || cell.linearError !== null);
    for (const cell of again)
      store.lab.updateCell(id, cell.place, {
        linearError: null,
        retries: 0,
        ...(cell.ended === 'failed' && { ended: null, error: null, figures: null }),
      });
    return again.length > 0;
  }

  nameAsBefore(store);
  const described = (id: string) => laboratory.describe(laboratory.row(id));

  const handlers: LabHandlers = {
    'lab.plan': (request) => planner.plan(request),
    'lab.start': async (request) => laboratory.describe(await start(request)),
    'lab.list': () => store.lab.all().map((row) => laboratory.describe(row)),
    'lab.get': ({ experimentId }) => described(experimentId),
    'lab.pause': ({ experimentId }) => {
      laboratory.row(experimentId);
      laboratory.pause(experimentId);
      return null;
    },
    'lab.resume': ({ experimentId }) => {
      const { state } = described(experimentId);
      if (laboratory.unpause(experimentId)) return null;
      if (state === 'running' || state === 'queued') return null;
      if (!retry(experimentId) && state === 'finished') throw new AppError('wrong-state.experiment-finished');
      laboratory.wake(experimentId);
      return null;
    },
    'lab.stop': async ({ experimentId, now }) => {
      const { state } = described(experimentId);
      if ((state === 'finished' || state === 'stopped') && !laboratory.isAtWork(experimentId))
        throw new AppError('wrong-state.experiment-over', { state });
      await laboratory.stop(experimentId, now);
      return null;
    },
    'lab.delete': async ({ experimentId, runs: withRuns }) => {
      const { state } = described(experimentId);
      if (laboratory.isAtWork(experimentId) || state === 'queued') await laboratory.stop(experimentId, true);
      const freed = { runs: 0, bytes: 0 };
      for (const { runId } of withRuns ? store.lab.cells(experimentId) : []) {
        if (runId === null || store.runs.get(runId)?.deletedAt !== null) continue;
        freed.bytes += (await runs['runs.delete']({ runId }, call)).bytes;
        freed.runs++;
      }
      store.lab.remove(experimentId);
      events.emit({ name: 'experimentRemoved', experimentId });
      return freed;
    },
    'lab.preview': ({ experimentId, language: chosen }) => reportFiles(context, described(experimentId), chosen),
    'lab.report': async ({ experimentId, language: chosen, folder, replace }) => {
      const written = await writeReport(context, described(experimentId), chosen, folder, replace);
      store.lab.update(experimentId, { reportFolder: written.folder });
      events.emit({ name: 'experiment', experiment: described(experimentId) });
      return written;
    },
    'lab.reveal': async ({ experimentId }) => {
      const folder = found(
        laboratory.row(experimentId).reportFolder ?? undefined,
        'report of experiment',
        experimentId,
      );
      if (!context.host.reveal) throw new AppError('not-supported.folders');
      await context.host.reveal(folder);
      return null;
    },
  };
  return { handlers, wakeAll: () => laboratory.wakeAll(), idle: () => laboratory.idle() };
}

/** What the run of a cell is called: the study and its arm. */
function runName({ study, seeds, plan }: ExperimentRow, { armId, seed }: CellRow): ReturnType<typeof given> {
  const values = { study: reason(`study.${study}.title`), arm: armName(study, armId, plan.images) };
  return given(seeds > 1 ? reason('given.armOfSeed', { ...values, seed: String(seed) }) : reason('given.arm', values));
}

/** Runs that an earlier version named, in one language for good; those that a person called otherwise stay. */
function nameAsBefore({ lab, runs }: AppContext['store']): void {
  for (const experiment of lab.all())
    for (const cell of lab.cells(experiment.id)) {
      const run = cell.runId === null ? undefined : runs.get(cell.runId);
      if (!run || run.naming) continue;
      const named = runName(experiment, cell);
      if (isNamed(named, run.name)) runs.update(run.id, named);
    }
}
