/**
 * Works experiments off, one after the other: each cell (an arm with a seed) becomes a run that the supervisor trains
 * in its turn, and what comes of it is written beside it. Nothing is kept in memory that a start does not find again:
 * a cell without an end is begun, or its run continued from its checkpoint.
 */
import type { Experiment, RunSummary, WireError } from '../../../shared/contract.ts';
import { toWireError } from '../../../shared/contract.ts';
import type { RunConfig } from '../../../shared/config.ts';
import { isUnderWay } from '../../../shared/underWay.ts';
import type { CellRow, ExperimentRow } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import { AppError, found } from '../errors.ts';
import { throttled } from '../events.ts';
import { toldOfHome } from '../homeFailure.ts';
import type { Supervisor } from '../runs/supervisor.ts';
import { describeExperiment, figuresOf } from './describe.ts';

/** What it asks of the rest of the application. */
export interface LabServices {
  /** Answers the id of a run that has been queued. */
  createRun(cell: CellRow, experiment: ExperimentRow, config: RunConfig): Promise<string>;
  /** Starts a linear evaluation as a task; `accuracy` is its result, 0 to 1. */
  evaluate(runId: string): Promise<{ taskId: string; accuracy: Promise<number> }>;
}

interface Current {
  id: string;
  /** The run it waits for. */
  runId: string | null;
  /** It was at work when the application ended: its arm goes on before what waited behind it. */
  goesOn: boolean;
  /** The evaluation it waits for. */
  taskId: string | null;
  /** A person stopped it: the training that ends for it is no reason to stop again, should it be resumed meanwhile. */
  stopping: boolean;
  done: Promise<void>;
}

/** A cell whose process died is started again so often, from its last checkpoint. */
const mostRetries = 2;

export class Laboratory {
  readonly #context: AppContext;
  readonly #supervisor: Supervisor;
  readonly #services: LabServices;
  /** Ids of the experiments to be worked on in this session. */
  readonly #awake = new Set<string>();
  readonly #tellers = new Map<string, ReturnType<typeof throttled>>();
  readonly #offEvents: () => void;
  #current: Current | null = null;

  constructor(context: AppContext, supervisor: Supervisor, services: LabServices) {
    this.#context = context;
    this.#supervisor = supervisor;
    this.#services = services;
    this.#offEvents = context.events.on((event) => {
      const runId =
        event.name === 'run'
          ? event.run.id
          : event.name === 'epoch' || event.name === 'runRemoved'
            ? event.runId
            : null;
      const link = runId === null ? undefined : context.store.lab.linkOf(runId);
      if (link) this.#tell(link.experimentId)();
    });
  }

  /** What was running when the application ended goes on. */
  wakeAll(): void {
    for (const { id, state } of this.#context.store.lab.all())
      if (state === 'running' || state === 'queued') this.#awake.add(id);
    this.#next(true);
  }

  row(id: string): ExperimentRow {
    return found(this.#context.store.lab.get(id), 'experiment', id);
  }

  describe(row: ExperimentRow): Experiment {
    const current = this.#current?.id === row.id ? this.#current : null;
    return describeExperiment(this.#context, row, {
      awake: this.#awake.has(row.id),
      activity: current?.taskId ? 'linear' : null,
    });
  }

  /** Queues an experiment that is in the database. */
  wake(id: string): void {
    this.#awake.add(id);
    this.#set(id, { state: this.#current?.id === id ? 'running' : 'queued', endedAt: null });
    this.#next();
  }

  pause(id: string): void {
    const runId = this.#current?.id === id ? this.#current.runId : null;
    if (runId === null) throw new AppError('wrong-state.experiment-idle');
    this.#supervisor.pause(runId);
  }

  /** @returns false when it was not paused */
  unpause(id: string): boolean {
    const runId = this.#current?.id === id ? this.#current.runId : null;
    if (runId === null || this.#context.store.runs.get(runId)?.state !== 'paused') return false;
    return this.#supervisor.resume(runId);
  }

  /** Whether this experiment is the one that is worked on, also while it is being stopped. */
  isAtWork(id: string): boolean {
    return this.#current?.id === id;
  }

  /** Stops an experiment; resolves when nothing of it runs any more. `now`: without saving the run that trains. */
  async stop(id: string, now: boolean): Promise<void> {
    this.#set(id, { state: 'stopped', endedAt: Date.now() });
    this.#awake.delete(id);
    const current = this.#current;
    if (current?.id !== id) return;
    current.stopping = true;
    if (current.taskId) this.#context.tasks.cancel(current.taskId);
    const { runId } = current;
    const state = runId === null ? undefined : this.#context.store.runs.get(runId)?.state;
    if (runId !== null && state && isUnderWay(state)) await this.#supervisor.stop(runId, now);
    await current.done;
    this.#tell(id).flush();
  }

  /** When the application closes: after the supervisor has stopped what trains. */
  async idle(): Promise<void> {
    await this.#current?.done;
    this.#offEvents();
    for (const tell of this.#tellers.values()) tell.flush();
  }

  #tell(id: string): ReturnType<typeof throttled> {
    let tell = this.#tellers.get(id);
    if (!tell) {
      tell = throttled(() => {
        const row = this.#context.store.lab.get(id);
        if (row) this.#context.events.emit({ name: 'experiment', experiment: this.describe(row) });
      }, 1000);
      this.#tellers.set(id, tell);
    }
    return tell;
  }

  /** Changes an experiment's row and tells the windows at once, for what a person did or waits for. */
  #set(id: string, patch: Parameters<AppContext['store']['lab']['update']>[1]): void {
    this.#context.store.lab.update(id, patch);
    this.#tell(id)();
    this.#tell(id).flush();
  }

  #setCell(cell: CellRow, patch: Partial<CellRow>): void {
    Object.assign(cell, patch);
    this.#context.store.lab.updateCell(cell.experimentId, cell.place, patch);
    this.#tell(cell.experimentId)();
  }

  /** The oldest that is awake; one that has begun before others. */
  #next(starting = false): void {
    if (this.#current || this.#context.closing.aborted) return;
    const waiting = this.#context.store.lab
      .all()
      .filter(({ id, state }) => this.#awake.has(id) && (state === 'running' || state === 'queued'))
      .sort((a, b) => Number(b.state === 'running') - Number(a.state === 'running') || a.createdAt - b.createdAt);
    const [row] = waiting;
    if (!row) return;
    const current: Current = {
      id: row.id,
      runId: null,
      goesOn: starting && row.state === 'running',
      taskId: null,
      stopping: false,
      done: Promise.resolve(),
    };
    this.#current = current;
    this.#set(row.id, { state: 'running' });
    current.done = this.#work(current, row)
      .catch(() => this.#giveUp(row.id))
      .finally(() => {
        this.#current = null;
        this.#next();
      });
  }

  /** The history could not be written (a full disk; its run says so): it stops, and can be resumed. */
  #giveUp(id: string): void {
    this.#awake.delete(id);
    this.#context.events.emit({ name: 'experiment', experiment: this.describe(this.row(id)) });
  }

  async #work(current: Current, experiment: ExperimentRow): Promise<void> {
    const goesOn = () => !this.#context.closing.aborted && this.#context.store.lab.get(current.id)?.state === 'running';
    for (const cell of this.#context.store.lab.cells(current.id)) {
      while (goesOn() && cell.ended === null) await this.#train(current, experiment, cell, goesOn);
      if (goesOn() && experiment.linear) await this.#evaluate(current, cell);
      if (!goesOn()) return;
    }
    this.#awake.delete(current.id);
    this.#set(current.id, { state: 'finished', endedAt: Date.now() });
  }

  /** One attempt at a cell: it ends, or is stopped, or its process dies and it is to be tried once more. */
  async #train(current: Current, experiment: ExperimentRow, cell: CellRow, goesOn: () => boolean): Promise<void> {
    let end: Pick<RunSummary, 'state' | 'error'> | null;
    try {
      end = await this.#runToItsEnd(current, experiment, cell);
    } catch (error) {
      return this.#settle(cell, 'failed', toWireError(toldOfHome(error, this.#context.paths.home))); // it could not even be queued
    } finally {
      current.runId = null;
    }
    if (this.#context.closing.aborted) return;
    if (end === null || end.state === 'stopped' || end.state === 'interrupted') {
      // stopped or deleted by a person, in Runs or here: the others are not started against their will; or its device
      // gave up, which would meet the others too: the run's error says so beside the arm
      if (goesOn() && !current.stopping) {
        this.#awake.delete(current.id);
        this.#set(current.id, { state: 'stopped', endedAt: Date.now() });
      }
      current.stopping = false;
    } else if (end.state === 'finished') this.#settle(cell, 'finished', null);
    else if (end.error?.code === 'compute-failed' && cell.retries < mostRetries)
      this.#setCell(cell, { retries: cell.retries + 1 });
    else this.#settle(cell, 'failed', end.error);
  }

  #settle(cell: CellRow, ended: 'finished' | 'failed', error: WireError | null): void {
    const run = cell.runId === null ? undefined : this.#context.store.runs.get(cell.runId);
    this.#setCell(cell, {
      ended,
      error,
      figures: run ? figuresOf(this.#context, run) : null,
      seconds: run?.trainingSeconds ?? 0,
    });
    this.#tell(cell.experimentId).flush();
  }

  /** How the cell's run ends; null: it was deleted. A run that is there goes on, wherever it was. */
  async #runToItsEnd(
    current: Current,
    experiment: ExperimentRow,
    cell: CellRow,
  ): Promise<Pick<RunSummary, 'state' | 'error'> | null> {
    const { store, events, closing } = this.#context;
    const known = () => {
      const run = cell.runId === null ? undefined : store.runs.get(cell.runId);
      return run && run.deletedAt === null ? run : undefined;
    };
    const existing = known();
    const where = current.goesOn ? 'first' : 'last';
    current.goesOn = false;
    if (existing?.state === 'finished') return existing;
    let off = () => {};
    try {
      if (!existing) {
        const { config } = experiment.plan.arms.find((arm) => arm.armId === cell.armId)!;
        const runId = await this.#services.createRun(cell, experiment, { ...config, seed: cell.seed });
        this.#setCell(cell, { runId });
        // stopped while it was being made
        if (store.lab.get(current.id)?.state !== 'running') await this.#supervisor.stop(runId, true);
      } else if (!this.#supervisor.has(existing.id)) this.#supervisor.enqueue(existing.id, where);
      const runId = cell.runId!;
      current.runId = runId;
      const ended = new Promise<Pick<RunSummary, 'state' | 'error'> | null>((resolve) => {
        const abort = () => resolve(null);
        const offEvents = events.on((event) => {
          if (event.name === 'run' && event.run.id === runId && !isUnderWay(event.run.state)) resolve(event.run);
          if (event.name === 'runRemoved' && event.runId === runId) resolve(null);
        });
        closing.addEventListener('abort', abort, { once: true });
        off = () => {
          offEvents();
          closing.removeEventListener('abort', abort);
        };
      });
      const now = known();
      return !now || !isUnderWay(now.state) || closing.aborted ? (now ?? null) : await ended;
    } finally {
      off();
    }
  }

  /** The linear classifier on a cell's last checkpoint; what it fails with is kept and not tried again by itself. */
  async #evaluate(current: Current, cell: CellRow): Promise<void> {
    if (cell.ended !== 'finished' || cell.runId === null || cell.linear !== null || cell.linearError !== null) return;
    try {
      const { taskId, accuracy } = await this.#services.evaluate(cell.runId);
      current.taskId = taskId;
      if (this.#context.store.lab.get(current.id)?.state !== 'running') this.#context.tasks.cancel(taskId); // stopped meanwhile
      this.#tell(current.id)();
      this.#setCell(cell, { linear: await accuracy });
    } catch (error) {
      const wire = toWireError(toldOfHome(error, this.#context.paths.home));
      if (wire.code !== 'cancelled') this.#setCell(cell, { linearError: wire });
    } finally {
      current.taskId = null;
    }
  }
}
