/** What the next evaluation is asked for with: its choices, whether it can begin, its request and its part of the address. */
import { usualTemperature } from '../../shared/contract.ts';
import type { AppParams, Dataset } from '../../shared/contract.ts';
import { usualNeighbours } from '../../shared/presets/parts.ts';
import type { Library } from './library.svelte.ts';
import type { RunChoice } from './run-choice.svelte.ts';
import type { Runs } from './runs.svelte.ts';

export const evaluationKinds = ['knn', 'linear', 'fewshot'] as const;
export const solvers = ['lbfgs', 'sgd', 'lars'] as const;
type Kind = (typeof evaluationKinds)[number];
type Solver = (typeof solvers)[number];
type Folders = Pick<Library, 'get'>;
type Query = Readonly<Record<string, string | undefined>>;

/** A number as an address has it; null where it has none. */
const numberOf = (text: string): number | null => (text !== '' && Number.isFinite(Number(text)) ? Number(text) : null);

const hasClasses = (folder: Dataset | undefined): boolean => (folder?.labels.classes.length ?? 0) > 1;

export class EvaluationForm {
  kind = $state<Kind>('knn');
  /** The folder whose photos vote, or are learned from; null: that of the run. */
  trainId = $state<string | null>(null);
  /** The folder whose photos are tested; null: see `testedWithin`. */
  testId = $state<string | null>(null);
  temperature = $state<number | null>(usualTemperature);
  solver = $state<Solver>('lbfgs');
  /** As typed, null where that is no number; undefined: nothing was, and it is what is usual. */
  #typedNeighbours = $state<number | null | undefined>(undefined);
  readonly #choice: Pick<RunChoice, 'runId' | 'checkpointId'>;
  readonly #runs: Pick<Runs, 'get'>;
  readonly #library: Folders;

  constructor(choice: Pick<RunChoice, 'runId' | 'checkpointId'>, app: { runs: Pick<Runs, 'get'>; library: Folders }) {
    this.#choice = choice;
    this.#runs = app.runs;
    this.#library = app.library;
  }

  /** The folder of the chosen run. */
  get own(): Dataset | undefined {
    return this.#library.get(this.#runs.get(this.#choice.runId)?.datasetId ?? null);
  }

  get #train(): Dataset | undefined {
    return this.trainId === null ? this.own : this.#library.get(this.trainId);
  }

  get neighbours(): number | null {
    return this.#typedNeighbours === undefined ? usualNeighbours(this.#train?.images ?? 0) : this.#typedNeighbours;
  }
  set neighbours(typed: number | null) {
    this.#typedNeighbours = typed;
  }

  /** Which photos are tested where no folder is named for it: some of those that it learns from. */
  get testedWithin(): 'heldOut' | 'leaveOneOut' | 'counted' {
    if (this.#train && this.#train.heldOutPhotos > 0) return 'heldOut';
    return this.kind === 'knn' ? 'leaveOneOut' : 'counted';
  }

  /** Whether there is a run, and photos with labels to learn from. */
  get canStart(): boolean {
    return this.#choice.runId !== null && (this.trainId !== null || hasClasses(this.own));
  }

  /** Null where there is no run, or a number is missing. */
  get request(): AppParams<'evaluate.start'> | null {
    const { runId, checkpointId } = this.#choice;
    const { kind, trainId, testId, neighbours: k, temperature, solver } = this;
    if (runId === null || k === null || temperature === null) return null;
    return { runId, checkpointId, kind, trainDatasetId: trainId, testDatasetId: testId, k, temperature, solver };
  }

  /** Takes from an address what it says; what it does not, or what is not there, is what is usual. */
  read({ kind, train, test, k, t, solver }: Query): void {
    this.kind = evaluationKinds.find((one) => one === kind) ?? 'knn';
    this.trainId = this.#library.get(train ?? null)?.id ?? null;
    this.testId = this.#library.get(test ?? null)?.id ?? null;
    this.#typedNeighbours = k === undefined ? undefined : numberOf(k);
    this.temperature = t === undefined ? usualTemperature : numberOf(t);
    this.solver = solvers.find((one) => one === solver) ?? 'lbfgs';
  }

  /** Undefined: as usual. */
  get address() {
    const typed = this.#typedNeighbours;
    return {
      kind: this.kind === 'knn' ? undefined : this.kind,
      train: this.trainId ?? undefined,
      test: this.testId ?? undefined,
      k: typed === undefined ? undefined : String(typed ?? ''),
      t: this.temperature === usualTemperature ? undefined : String(this.temperature ?? ''),
      solver: this.solver === 'lbfgs' ? undefined : this.solver,
    };
  }
}
