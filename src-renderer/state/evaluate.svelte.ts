/** Evaluations of runs: starting one, the list, and the photos behind a cell of a confusion matrix. */
import type { AppParams, Evaluation, Task } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import type { Tasks } from './tasks.svelte.ts';

export class Evaluate {
  list = $state.raw<readonly Evaluation[]>([]);
  open = $state.raw<Evaluation | null>(null);
  cell = $state.raw<{ actual: number; predicted: number; imageIds: readonly string[] } | null>(null);
  task = $state.raw<Task | null>(null);
  loaded = $state(false);
  failed = $state.raw<unknown>(null);
  readonly #client: Client;
  readonly #tasks: Tasks;

  constructor(client: Client, tasks: Tasks) {
    this.#client = client;
    this.#tasks = tasks;
  }

  async load(): Promise<void> {
    const list = await this.#client.call('evaluate.list', {});
    this.list = [...list].sort((a, b) => b.createdAt - a.createdAt);
    this.loaded = true;
  }

  /** Evaluations of the same question (kind, folders) over a run's checkpoints, by epoch. */
  besides(evaluation: Evaluation): readonly Evaluation[] {
    const alike = this.list.filter(
      (other) =>
        other.kind === evaluation.kind &&
        other.runId === evaluation.runId &&
        other.trainDatasetId === evaluation.trainDatasetId &&
        other.testDatasetId === evaluation.testDatasetId,
    );
    return alike.sort((a, b) => a.epoch - b.epoch);
  }

  async start(request: AppParams<'evaluate.start'>): Promise<void> {
    this.failed = null;
    try {
      this.task = await this.#client.call('evaluate.start', request);
      const id = await this.#tasks.finish(this.task);
      await this.load();
      if (id) this.show(id);
    } catch (error) {
      this.failed = error;
    } finally {
      this.task = null;
    }
  }

  show(evaluationId: string): void {
    this.open = this.list.find((evaluation) => evaluation.id === evaluationId) ?? null;
    this.cell = null;
  }

  async openCell(actual: number, predicted: number): Promise<void> {
    if (!this.open) return;
    const imageIds = await this.#client.call('evaluate.cell', {
      evaluationId: this.open.id,
      actual,
      predicted,
    });
    this.cell = { actual, predicted, imageIds };
  }
}
