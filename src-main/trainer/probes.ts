/**
 * The looks at a run: a probe of its state becomes a row of the history, and the rows a verdict. What the run is compared
 * with is known before the first of them.
 */
import type { Baselines } from '../../shared/baselines.ts';
import type { RunConfig } from '../../shared/config.ts';
import type { EpochMetrics, ProbeMetrics } from '../../shared/metricRows.ts';
import { judge } from '../../shared/verdict.ts';
import type { Verdict } from '../../shared/verdict/judgement.ts';
import type { State } from '../engine/index.ts';
import type { Readout } from '../evaluate/index.ts';
import type { Comparison } from './baselines.ts';
import type { JobContext } from './control.ts';
import type { History } from './history.ts';
import type { Monitor } from './monitor.ts';
import type { Progress } from './progress.ts';

export interface ProbesInput {
  config: RunConfig;
  sessions: { monitor: Pick<Monitor, 'probe'> };
  context: Pick<JobContext, 'report'>;
  comparison: Comparison;
  /** Told once, before the first verdict, where the comparison was not whole: what the run is compared with. */
  compared(baselines: Baselines | null): void;
  /** Rows before the first step. */
  history: readonly EpochMetrics[];
  /** Told once, after the first row: what a step takes on this machine. */
  measured(secondsPerStep: number): void;
}

export class Probes {
  /** What photos are compared by since the latest probe; null: pooled features. */
  readout: Readout | null;
  /** The row that the latest probe became; null before the first of the run. */
  lastRow: EpochMetrics | null;
  /** Null before the first probe of this process. */
  verdict: Verdict | null = null;
  readonly #input: ProbesInput;
  readonly #progress: Progress;
  readonly #history: History;
  readonly #rows: EpochMetrics[];
  #baselines: Baselines | null;
  /** What is still to be measured of the baselines; null where they are whole. */
  #rest: Comparison['rest'];

  constructor(input: ProbesInput, lastRow: EpochMetrics | null, progress: Progress, history: History) {
    this.#input = input;
    this.#progress = progress;
    this.#history = history;
    this.#rows = [...input.history];
    this.lastRow = lastRow;
    this.readout = input.comparison.readout;
    this.#baselines = input.comparison.baselines;
    this.#rest = input.comparison.rest;
  }

  /** Whether `compare` has something to tell that it need not wait for. */
  get canCompare(): boolean {
    return this.#rest?.isReady() ?? false;
  }

  /** Waits for what the run is compared with, and tells it, where that has not been done. */
  async compare(): Promise<void> {
    if (!this.#rest) return;
    this.#baselines = await this.#rest.measure();
    this.#rest = null;
    this.#input.compared(this.#baselines);
  }

  /** Looks at the state after the latest step, settled, and tells the row, the strip and the verdict. */
  async take(state: State, { last }: { last: boolean }): Promise<ProbeMetrics> {
    await this.compare();
    const { config, sessions, comparison, context } = this.#input;
    const began = performance.now();
    const { metrics, strip, readout } = await sessions.monitor.probe(state, last);
    this.#progress.secondsPerProbe = (performance.now() - began) / 1000;
    this.readout = readout;
    const row = this.#history.row(metrics, this.#progress.place());
    this.#tellSpeed(row);
    this.#rows.push(row);
    this.lastRow = row;
    context.report({ type: 'epoch', metrics: row });
    context.report({ type: 'strip', epoch: row.epoch, step: row.step, queries: strip });
    const { untrained } = comparison;
    const judgement = judge({ untrained, history: this.#rows, config, baselines: this.#baselines });
    this.verdict = judgement.verdict;
    context.report({ type: 'verdict', judgement });
    return metrics;
  }

  #tellSpeed({ imagesPerSecond }: EpochMetrics): void {
    const isFirst = this.verdict === null;
    if (isFirst && imagesPerSecond > 0) this.#input.measured(this.#input.config.batchSize / imagesPerSecond);
  }
}
