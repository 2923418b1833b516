/** Evaluations of runs, and the photos behind a cell of a confusion matrix. */
import type { AppParams, Evaluation } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import { Records } from './work.svelte.ts';
import type { Tasks } from './tasks.svelte.ts';

interface Cell {
  actual: number;
  predicted: number;
  imageIds: readonly string[];
}

/** A cell as an address names it. */
const nameOf = (cell: Cell | null): string | undefined => (cell ? `${cell.actual}-${cell.predicted}` : undefined);

export class Evaluate extends Records<Evaluation, AppParams<'evaluate.start'>> {
  cell = $state.raw<Cell | null>(null);
  /** A photo of it that is looked at by itself. */
  photo = $state<string | null>(null);
  /** The cell of the table of confusion that an address names, and the photo in it, until `openNamed`. */
  named = $state.raw<{ cell: string; photo: string | undefined } | null>(null);
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

  /** Shows what an address names; a cell is `named` until its evaluation is known. */
  read({ result, cell, photo }: Readonly<Record<string, string | undefined>>): void {
    if (this.shown !== (result ?? null)) this.show(result ?? null);
    if (nameOf(this.cell) === cell) this.photo = photo ?? null;
    else if (cell === undefined) this.cell = this.photo = null;
    else this.named = { cell, photo };
  }

  get address() {
    if (this.shown === null) return {};
    const { cell, photo } = this.named ?? { cell: nameOf(this.cell), photo: this.photo ?? undefined };
    return { result: this.shown, cell, photo };
  }

  /** Opens the cell that the address named, where the evaluation that is open has it. */
  async openNamed(): Promise<void> {
    const { named, open } = this;
    if (!named || !open) return;
    const [actual = -1, predicted = -1] = named.cell.split('-').map(Number);
    const isThere = open.classes[actual] !== undefined && open.classes[predicted] !== undefined;
    if (isThere) await this.openCell(actual, predicted);
    if (this.named !== named) return;
    if (isThere) this.photo = named.photo ?? null;
    this.named = null;
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
