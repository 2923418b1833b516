/** Runs as the contract shows them, with what follows from their figures kept until new figures come. */
import { qualityOf } from '../../../shared/quality.ts';
import type { Checkpoint, Run, RunSummary } from '../../../shared/contract.ts';
import { stepsPerEpoch } from '../../../shared/plan/speed.ts';
import { judge } from '../../../shared/verdict.ts';
import { hasProcess } from '../../../shared/underWay.ts';
import { found } from '../errors.ts';
import type { AppContext } from '../context.ts';
import type { CheckpointRow, DatasetRow, RunRow } from '../../db/index.ts';

interface Derived {
  loss: number | null;
  knn: number | null;
  bestKnn: number | null;
  agreement: number | null;
  quality: number | null;
  sparkline: number[];
}

const sparklinePoints = 40;

export class RunDescriber {
  readonly #context: AppContext;
  readonly #derived = new Map<string, Derived>();
  readonly #activity = new Map<string, RunSummary['activity']>();
  /** How runs ended whose end could not be written down. */
  readonly #unwritten = new Map<string, Partial<Omit<RunRow, 'id'>>>();
  /** Whether it trains or waits here: the supervisor says so. */
  isAlive: (runId: string) => boolean = () => false;

  constructor(context: AppContext) {
    this.#context = context;
  }

  /** As it is now. @throws AppError not-found; deleted runs are not found */
  row(runId: string): RunRow {
    const row = this.#context.store.runs.get(runId);
    return this.#now(found(row?.deletedAt ? undefined : row, 'run', runId));
  }

  /** A run is what its process says, and its end what was last known of it: no write that failed makes it run for ever. */
  #now(row: RunRow): RunRow {
    const now = { ...row, ...this.#unwritten.get(row.id) };
    const atWork = hasProcess(now.state) || (now.state === 'queued' && !now.queuePlace);
    return atWork && !this.isAlive(row.id) ? { ...now, state: 'interrupted', etaSeconds: null } : now;
  }

  /** Writes down how a run has ended, or keeps it in mind until that can be done. @returns what kept it from being written */
  settle(runId: string, outcome: Partial<Omit<RunRow, 'id'>>): unknown {
    this.#unwritten.set(runId, outcome);
    return this.writeOwed();
  }

  /** Writes it down, in place of what could not be written before, and tells every window unless that follows. */
  update(runId: string, patch: Partial<Omit<RunRow, 'id'>>, announced = true): void {
    this.#context.store.runs.update(runId, patch);
    this.#unwritten.delete(runId);
    if (announced) this.announce(runId);
  }

  /** Writes what could not be written before. @returns what still keeps it from being written */
  writeOwed(): unknown {
    try {
      for (const [runId, outcome] of this.#unwritten) {
        this.#context.store.runs.update(runId, outcome);
        this.#unwritten.delete(runId);
      }
      return null;
    } catch (error) {
      return error;
    }
  }

  setActivity(runId: string, activity: RunSummary['activity']): void {
    if (activity) this.#activity.set(runId, activity);
    else this.#activity.delete(runId);
  }

  /** Drops what was derived from a run's figures, when they have changed. */
  forget = (runId: string): void => void this.#derived.delete(runId);

  #derive(runId: string): Derived {
    const known = this.#derived.get(runId);
    if (known) return known;
    const { metrics } = this.#context.store;
    const epochs = metrics.epochs(runId);
    const last = epochs.at(-1);
    const knns = epochs.map((row) => row.knn).filter((knn) => knn !== null);
    const steps = epochs.length < 3 ? metrics.steps(runId, -1, sparklinePoints) : [];
    const losses = steps.length > epochs.length ? steps.map((row) => row.loss) : epochs.map((row) => row.loss);
    const derived = {
      loss: last?.loss ?? steps.at(-1)?.loss ?? null,
      knn: last?.knn ?? null,
      bestKnn: knns.length > 0 ? Math.max(...knns) : null,
      agreement: last?.agreement ?? null,
      quality: last ? (last.quality ?? qualityOf(last)) : null,
      sparkline: thinned(losses, sparklinePoints),
    };
    this.#derived.set(runId, derived);
    return derived;
  }

  summary(row: RunRow): RunSummary {
    const { store } = this.#context;
    return this.#summary(row, {
      ...folderOf(store.datasets.get(row.datasetId)),
      diskBytes: store.checkpoints.bytes(row.id) + this.#embeddingBytes(row.id),
      experiment: store.lab.linkOf(row.id) ?? null,
    });
  }

  /** The same of many: what other tables say of them is asked once. */
  summaries(rows: readonly RunRow[]): RunSummary[] {
    const { datasets, checkpoints, embeddingSets, lab } = this.#context.store;
    const names = new Map<string, ReturnType<typeof folderOf>>();
    const named = (id: string) => names.get(id) ?? names.set(id, folderOf(datasets.get(id))).get(id)!;
    const [ofCheckpoints, ofEmbeddings, links] = [checkpoints.bytesOfEach(), embeddingSets.bytes(), lab.links()];
    return rows.map((row) =>
      this.#summary(row, {
        ...named(row.datasetId),
        diskBytes: (ofCheckpoints.get(row.id) ?? 0) + (ofEmbeddings.get(row.id) ?? 0),
        experiment: links.get(row.id) ?? null,
      }),
    );
  }

  #summary(
    given: RunRow,
    beside: Pick<RunSummary, 'datasetName' | 'datasetNaming' | 'diskBytes' | 'experiment'>,
  ): RunSummary {
    const row = this.#now(given);
    return {
      id: row.id,
      name: row.name,
      naming: row.naming,
      color: row.color,
      notes: row.notes,
      state: row.state,
      datasetId: row.datasetId,
      datasetName: beside.datasetName,
      datasetNaming: beside.datasetNaming,
      method: row.encoder ? 'frozen' : row.config.method,
      epoch: row.epoch,
      epochs: epochsOf(row),
      plannedEpochs: row.epochs,
      step: row.step,
      steps: row.steps,
      startedAt: row.startedAt,
      endedAt: row.endedAt,
      createdAt: row.createdAt,
      trainingSeconds: row.trainingSeconds,
      etaSeconds: row.state === 'running' ? row.etaSeconds : null,
      imagesPerSecond: row.imagesPerSecond,
      baselines: row.baselines,
      judgement: row.judgement,
      encoder: row.encoder,
      error: row.error,
      diskBytes: beside.diskBytes,
      activity: this.#activity.get(row.id) ?? null,
      experiment: beside.experiment,
      ...this.#derive(row.id),
    };
  }

  whole(row: RunRow): Run {
    const { config, device, images, skipped, untrained, clonedFrom } = row;
    const checkpoints = this.#context.store.checkpoints.ofRun(row.id).map(describeCheckpoint);
    const healthyCheckpointId = this.#lastHealthy(row);
    return {
      ...this.summary(row),
      config,
      device,
      images,
      skipped,
      untrained,
      clonedFrom,
      checkpoints,
      healthyCheckpointId,
    };
  }

  /** Of a run that has gone wrong: the last checkpoint at which its figures had nothing against it. */
  #lastHealthy({ id, judgement, untrained, config }: RunRow): string | null {
    if (!untrained || !judgement || judgement.verdict === 'healthy' || judgement.verdict === 'suspicious') return null;
    const { checkpoints, metrics } = this.#context.store;
    const epochs = metrics.epochs(id);
    const isHealthy = ({ step }: CheckpointRow) => {
      const history = epochs.filter((row) => row.step <= step);
      return history.length > 0 && judge({ untrained, history, config }).verdict === 'healthy';
    };
    return checkpoints.ofRun(id).findLast(isHealthy)?.id ?? null;
  }

  /** Tells every window, and answers what it told. */
  announce(runId: string): RunSummary {
    const run = this.summary(this.row(runId));
    this.#context.events.emit({ name: 'run', run });
    return run;
  }

  #embeddingBytes(runId: string): number {
    return this.#context.store.embeddingSets
      .ofRun(runId)
      .reduce((sum, set) => sum + 4 * set.images * set.dimensions, 0);
  }
}

/**
 * Epochs that a run will have: exact once its steps are known (a time budget buys any number of them), before that as
 * planned.
 */
export function epochsOf(
  row: Pick<RunRow, 'steps' | 'step' | 'epoch' | 'epochs' | 'images' | 'config'>,
): number | null {
  const { steps, step, epoch, epochs, images, config } = row;
  const perEpoch = step > 0 && epoch > 0 ? step / epoch : stepsPerEpoch(images, config.batchSize);
  return steps === null || perEpoch < 1 ? epochs : Number((steps / perEpoch).toFixed(6));
}

/** What its run says of a folder. */
const folderOf = (dataset: DatasetRow | undefined) => ({
  datasetName: dataset?.name ?? '',
  datasetNaming: dataset?.naming ?? null,
});

const describeCheckpoint = (row: CheckpointRow): Checkpoint => ({
  id: row.id,
  runId: row.runId,
  epoch: row.epoch,
  step: row.step,
  bytes: row.bytes,
  hasOptimizerState: row.hasOptimizerState === 1,
  kept: row.kept,
  knn: row.knn,
  agreement: row.agreement,
  createdAt: row.createdAt,
});

/** The finite values thinned out for a small curve: the last of each of at most `points` equal pieces. */
function thinned(values: readonly number[], points: number): number[] {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length <= points) return finite;
  return Array.from({ length: points }, (_, i) => finite[Math.ceil(((i + 1) * finite.length) / points) - 1]!);
}
