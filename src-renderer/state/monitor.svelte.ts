/**
 * One run as it happens: its history, fine curves, neighbour strip and verdict. Opening asks for the whole and
 * then follows the events, so that a page opened in the middle, or again after a lost connection, shows what
 * every other page shows. Curves are bounded; a page may stay open for weeks.
 */
import type { AppResult, Run } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import { metricNames, metricOf } from '../../shared/metrics.ts';
import { valueAt } from '../../shared/metricRows.ts';
import type { MetricName } from '../../shared/metrics.ts';
import type { EpochMetrics, ProbeMetrics, StepMetrics } from '../../shared/metricRows.ts';
import type { Judgement } from '../../shared/verdict/judgement.ts';
import { CurveBuffer } from '../charts/buffer.ts';
import type { Bucket } from '../charts/buffer.ts';

export type Strip = AppResult<'runs.strip'>;

/** Curves with a value for every step, and those with one for every row. */
const stepCurves = metricNames.filter((name) => metricOf(name).of === 'steps');
const rowCurves = metricNames.filter((name) => metricOf(name).of !== 'steps');

/** Every curve of a run. */
export class Curves {
  readonly #buffers = new Map<MetricName, CurveBuffer>();
  readonly #capacity: number;
  #epochLoss: number | null = null;

  constructor(capacity = 1000) {
    this.#capacity = capacity;
  }

  get(name: MetricName): readonly Bucket[] {
    return this.#buffer(name).buckets;
  }

  /** The value a figure shows: of the loss, whose steps jump about, the mean of the last epoch, as every table has it. */
  newest(name: MetricName): number | null {
    return (name === 'loss' ? this.#epochLoss : null) ?? this.get(name).at(-1)?.last ?? null;
  }

  #buffer(name: MetricName): CurveBuffer {
    let buffer = this.#buffers.get(name);
    // Probes come once an epoch: fewer buckets show them as well.
    if (!buffer)
      this.#buffers.set(
        name,
        (buffer = new CurveBuffer(metricOf(name).of === 'steps' ? this.#capacity : this.#capacity * 0.3)),
      );
    return buffer;
  }

  step(row: StepMetrics & { lossMin?: number; lossMax?: number }): void {
    for (const name of stepCurves) {
      const last = valueAt(row, name);
      const range = name === 'loss' ? { min: row.lossMin ?? row.loss, max: row.lossMax ?? row.loss } : {};
      if (last !== null) this.#buffer(name).push({ ...placeOf(row), ...flat(last), ...range });
    }
  }

  epoch(row: EpochMetrics): void {
    this.#epochLoss = row.loss;
    this.#row(row, placeOf(row));
  }

  /** The untrained network's figures, drawn at step 0. */
  untrained(metrics: ProbeMetrics, at: number): void {
    this.#row(metrics, { step: 0, epoch: 0, trainingSeconds: 0, at });
  }

  #row(row: object, place: Place): void {
    for (const name of rowCurves) {
      const value = valueAt(row, name);
      if (value !== null) this.#buffer(name).push({ ...place, ...flat(value) });
    }
  }

  fill(run: Run, { epochs, steps }: History): void {
    this.clear();
    if (run.untrained) this.untrained(run.untrained, run.startedAt ?? run.createdAt);
    for (const row of steps) this.step(row);
    for (const row of epochs) this.epoch(row);
  }

  clear(): void {
    for (const buffer of this.#buffers.values()) buffer.clear();
    this.#epochLoss = null;
  }
}

type Place = Omit<Bucket, 'last' | 'min' | 'max'>;
const placeOf = ({ step, epoch, trainingSeconds, at }: Place): Place => ({ step, epoch, trainingSeconds, at });
const flat = (value: number) => ({ last: value, min: value, max: value });

interface History {
  epochs: EpochMetrics[];
  steps: (StepMetrics & { lossMin?: number; lossMax?: number })[];
}

async function readHistory(client: Client, run: Run): Promise<History> {
  const [epochs, steps] = await Promise.all([
    client.call('runs.epochs', { runId: run.id }),
    client.call('runs.steps', { runId: run.id, points: 1000 }),
  ]);
  return { epochs, steps };
}

/** Reads a run's whole history into `curves`: for comparing runs. */
export async function readCurves(client: Client, run: Run, curves: Curves): Promise<void> {
  curves.fill(run, await readHistory(client, run));
}

/** Rows come by the dozen a second; nobody reads that fast. */
const newsMilliseconds = 150;

export class Monitor {
  run = $state.raw<Run | null>(null);
  judgement = $state.raw<Judgement | null>(null);
  strip = $state.raw<Strip>([]);
  failed = $state.raw<unknown>(null);
  /** Grows when rows have come, a few times a second at most: charts read it and redraw. */
  version = $state(0);
  readonly curves = new Curves();
  readonly #client: Client;
  #opened = 0;
  #loads = 0;
  #runId: string | null = null;
  #news: ReturnType<typeof setTimeout> | undefined;
  /** Rows that came while the history was on its way. */
  #early: (() => void)[] | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Follows `runId` until the returned function is called. */
  open(runId: string): () => void {
    const opened = ++this.#opened;
    this.#runId = runId;
    this.run = this.judgement = null;
    this.strip = [];
    this.curves.clear();
    const client = this.#client;
    const later = (apply: () => void) => (this.#early ? void this.#early.push(apply) : apply());
    const mine =
      <E extends { runId: string }>(apply: (event: E) => void) =>
      (event: E) => {
        if (event.runId === runId) later(() => apply(event));
      };
    const load = () => void this.#load(runId);
    const stops = [
      client.on(
        'steps',
        mine(({ steps }) => {
          for (const row of steps) this.curves.step(row);
          this.#changed();
        }),
      ),
      client.on(
        'epoch',
        mine(({ metrics }) => {
          this.curves.epoch(metrics);
          this.#changed();
        }),
      ),
      client.on(
        'strip',
        mine(() => void this.#refresh(runId, opened)),
      ),
      client.on(
        'checkpoints',
        mine(() => void this.#refresh(runId, opened)),
      ),
      client.on(
        'started', // from a checkpoint: what came after it is computed again, and drawn again
        ({ runId: started }) => started === runId && load(),
      ),
      client.on(
        'untrained',
        mine(({ metrics }) => {
          this.curves.untrained(metrics, Date.now());
          if (this.run) this.run = { ...this.run, untrained: metrics };
          this.#changed();
        }),
      ),
      client.on(
        'verdict',
        mine(({ judgement }) => void (this.judgement = judgement)),
      ),
      client.on('run', ({ run }) => {
        if (run.id !== runId || !this.run) return;
        const wasActive = this.run.state;
        this.run = { ...this.run, ...run };
        if (run.judgement) this.judgement = run.judgement;
        if (wasActive !== run.state) void this.#refresh(runId, opened);
      }),
      client.onConnection((connected) => connected && load()),
    ];
    load();
    return () => {
      this.#opened++;
      this.#loads++;
      this.#early = null;
      clearTimeout(this.#news);
      this.#news = undefined;
      stops.forEach((stop) => stop());
    };
  }

  /** Asks for the whole once more: what a person may do when it failed. */
  reload = (): void => {
    if (this.#runId) void this.#load(this.#runId);
  };

  /** Of several at once (opened, reconnected, started) the last one counts, and rows wait for it. */
  async #load(runId: string): Promise<void> {
    const load = ++this.#loads;
    this.#early ??= [];
    try {
      const run = await this.#client.call('runs.get', { runId });
      const history = await readHistory(this.#client, run);
      const strip = await this.#client.call('runs.strip', { runId });
      if (load !== this.#loads) return;
      this.curves.fill(run, history);
      this.run = run;
      this.judgement = run.judgement;
      this.strip = strip;
      this.failed = null;
    } catch (error) {
      if (load === this.#loads) this.failed = error;
    } finally {
      if (load === this.#loads) {
        const early = this.#early ?? [];
        this.#early = null;
        early.forEach((apply) => apply());
        this.version++;
      }
    }
  }

  #changed(): void {
    this.#news ??= setTimeout(() => {
      this.#news = undefined;
      this.version++;
    }, newsMilliseconds);
  }

  /** What events do not carry: checkpoints and the strip. */
  async #refresh(runId: string, opened: number): Promise<void> {
    try {
      const [run, strip] = await Promise.all([
        this.#client.call('runs.get', { runId }),
        this.#client.call('runs.strip', { runId }),
      ]);
      if (opened !== this.#opened) return;
      this.run = run;
      this.strip = strip;
    } catch {
      // the connection is gone or the run was deleted: reconnecting loads the whole, 'runRemoved' closes the place
    }
  }
}
