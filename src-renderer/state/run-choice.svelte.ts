/**
 * The run a place works on and one of its checkpoints: at first what the address names, else the run used last, else
 * the newest. What nobody would want to look at by itself, an arm of the Lab or a run that came to nothing, is never
 * chosen by itself while there is another.
 */
import type { Dataset, RunSummary } from '../../shared/contract.ts';
import type { Memory } from './memory.ts';
import type { Router } from './router.svelte.ts';
import type { Runs } from './runs.svelte.ts';

const lastKey = 'lastRun';

/** Whether a run is no arm of the Lab and learned something, as far as is known. */
export const isWorthwhile = ({ experiment, judgement }: RunSummary): boolean =>
  !experiment && (!judgement || judgement.verdict === 'healthy' || judgement.verdict === 'suspicious');

/** A run that was trained on these photos, the one used last before others: what it finds alike is asked for. */
export function knowerOf(
  { runs, memory }: { runs: Runs; memory: Memory },
  dataset: Pick<Dataset, 'id' | 'parent'> | undefined,
): RunSummary | undefined {
  const knowers = runs.trained.filter(
    (run) => dataset && [dataset.id, dataset.parent].includes(run.datasetId) && isWorthwhile(run),
  );
  return knowers.find(({ id }) => id === memory.get(lastKey)) ?? knowers[0];
}

export class RunChoice {
  #chosen = $state<string | null>(null);
  #checkpoint = $state<string | null>(null);
  readonly #memory: Memory;
  readonly #runs: Runs;
  /** The chosen run; one that was deleted since, here or elsewhere, has another in its place until it is restored. */
  readonly runId = $derived.by(() => (this.#runs.get(this.#chosen) ? this.#chosen : this.#usual()));

  /** Whether that is another than was chosen. */
  readonly isReplaced = $derived.by(() => this.#chosen !== null && this.runId !== null && this.runId !== this.#chosen);

  constructor({ router, runs, memory }: { router: Router; runs: Runs; memory: Memory }) {
    this.#memory = memory;
    this.#runs = runs;
    const { run, checkpoint } = router.route.query;
    const named = runs.get(run ?? null);
    if (named) this.#use(named.id, checkpoint ?? null);
    else this.#chosen = this.#usual();
  }

  /** The chosen checkpoint; null: the newest. */
  get checkpointId(): string | null {
    return this.runId === this.#chosen ? this.#checkpoint : null;
  }
  set checkpointId(checkpointId: string | null) {
    this.#chosen = this.runId;
    this.#checkpoint = checkpointId;
  }

  /** Chooses a run at its newest checkpoint: the one chosen before was of another run. */
  choose = (runId: string): void => this.#use(runId, null);

  /** What an address names, where it is there. */
  open(runId: string | undefined, checkpointId: string | undefined): void {
    const named = this.#runs.get(runId ?? null);
    if (named && (named.id !== this.runId || (checkpointId ?? null) !== this.checkpointId))
      this.#use(named.id, checkpointId ?? null);
  }

  #usual(): string | null {
    const { trained } = this.#runs;
    const worthwhile = trained.filter(isWorthwhile);
    const last = worthwhile.find(({ id }) => id === this.#memory.get(lastKey));
    return (last ?? worthwhile[0] ?? trained.find((one) => !one.experiment) ?? trained[0])?.id ?? null;
  }

  #use(runId: string, checkpointId: string | null): void {
    this.#chosen = runId;
    this.#checkpoint = checkpointId;
    this.#memory.set(lastKey, runId);
  }
}
