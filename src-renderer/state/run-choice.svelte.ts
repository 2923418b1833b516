/** The run a place works on and one of its checkpoints: at first what the address names, else the newest trained run. */
import type { Router } from './router.svelte.ts';
import type { Runs } from './runs.svelte.ts';

export class RunChoice {
  runId = $state<string | null>(null);
  /** null: the newest. */
  checkpointId = $state<string | null>(null);

  constructor({ router, runs }: { router: Router; runs: Runs }) {
    const { run, checkpoint } = router.route.query;
    this.runId = run ?? runs.trained[0]?.id ?? null;
    this.checkpointId = checkpoint ?? null;
  }

  /** Its checkpoints are its own. */
  choose(runId: string): void {
    this.runId = runId;
    this.checkpointId = null;
  }
}
