/**
 * The run a place works on and one of its checkpoints: at first what the address names, else the run used last, else
 * the newest. What nobody would want to look at by itself, an arm of the Lab or a run that came to nothing, is never
 * chosen by itself while there is another.
 */
import type { RunSummary } from '../../shared/contract.ts';
import type { Memory } from './memory.ts';
import type { Router } from './router.svelte.ts';
import type { Runs } from './runs.svelte.ts';

const lastKey = 'lastRun';

/** Whether a run is no arm of the Lab and learned something, as far as is known. */
export const isWorthwhile = ({ experiment, judgement }: RunSummary): boolean =>
  !experiment && (!judgement || judgement.verdict === 'healthy' || judgement.verdict === 'suspicious');

export class RunChoice {
  runId = $state<string | null>(null);
  /** The chosen checkpoint; null: the newest. */
  checkpointId = $state<string | null>(null);
  readonly #memory: Memory;

  constructor({ router, runs, memory }: { router: Router; runs: Runs; memory: Memory }) {
    this.#memory = memory;
    const { run, checkpoint } = router.route.query;
    const named = runs.get(run ?? null);
    if (named) this.#use(named.id, checkpoint ?? null);
    else {
      const worthwhile = runs.trained.filter(isWorthwhile);
      const last = worthwhile.find(({ id }) => id === memory.get(lastKey));
      this.runId =
        (last ?? worthwhile[0] ?? runs.trained.find((one) => !one.experiment) ?? runs.trained[0])?.id ?? null;
    }
  }

  /** Chooses a run at its newest checkpoint: the one chosen before was of another run. */
  choose = (runId: string): void => this.#use(runId, null);

  #use(runId: string, checkpointId: string | null): void {
    this.runId = runId;
    this.checkpointId = checkpointId;
    this.#memory.set(lastKey, runId);
  }
}
