/** Evaluations of runs, and the photos behind a cell of a confusion matrix. */
import type { AppParams, Evaluation } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import { Records } from './work.svelte.ts';
import type { Tasks } from './tasks.svelte.ts';

export class Evaluate extends Records<Evaluation, AppParams<'evaluate.start'>> {
  cell = $state.raw<{ actual: number; predicted: number; imageIds: readonly string[] } | null>(null);
  /** A photo of it that is looked at by itself. */
  photo = $state<string | null>(null);
  readonly #client: Client;
  #asked = 0;

  constructor(client: Client, tasks: Tasks) {
    super(tasks, 'evaluate', {
      list: () => client.call('evaluate.list', {}),
      start: (request) => client.call('evaluate.start', request),
    });
    this.#client = client;
  }

  override show(evaluationId: string | null): void {
    super.show(evaluationId);
    this.cell = this.photo = null;
  }

  /** Evaluations of the same question (kind, settings, folders) over a run's checkpoints, by epoch. */
  besides(evaluation: Evaluation): readonly Evaluation[] {
    const alike = this.list.filter(
      (other) =>
        other.kind === evaluation.kind &&
        JSON.stringify(other.settings) === JSON.stringify(evaluation.settings) &&
        other.runId === evaluation.runId &&
        other.trainDatasetId === evaluation.trainDatasetId &&
        other.testDatasetId === evaluation.testDatasetId,
    );
    return alike.sort((a, b) => a.epoch - b.epoch);
  }

  async openCell(actual: number, predicted: number): Promise<void> {
    const evaluationId = this.open?.id;
    if (!evaluationId) return;
    const asked = ++this.#asked;
    const imageIds = await this.#client.call('evaluate.cell', { evaluationId, actual, predicted });
    if (asked !== this.#asked || this.open?.id !== evaluationId) return; // another cell, or another result
    this.cell = { actual, predicted, imageIds };
  }
}
