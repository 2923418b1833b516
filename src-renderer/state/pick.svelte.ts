/** Photos picked from an embedding to look at first, and what picking is worth there. */
import { mostPicked } from '../../shared/contract.ts';
import type { AppResult, PickRule } from '../../shared/contract.ts';
import { ContractError } from '../../shared/contract/wire.ts';
import type { Client } from '../../shared/client.ts';
import type { Tasks } from './tasks.svelte.ts';
import { Work } from './work.svelte.ts';

export type Gain = AppResult<'explore.gain'>;

export class Pick {
  by = $state<PickRule>('mix');
  count = $state(24);
  heedTags = $state(true);
  picked = $state.raw<AppResult<'explore.pick'> | null>(null);
  gain = $state.raw<Gain | null>(null);
  /** What is under way. */
  busy = $state<'pick' | 'gain' | null>(null);
  /** How far it is. */
  readonly work: Work;
  readonly #client: Client;
  #stop: AbortController | null = null;

  constructor(client: Client, tasks: Tasks) {
    this.#client = client;
    this.work = new Work(tasks, 'pick');
  }

  /** Whether what is asked for can be picked. */
  get isAskable(): boolean {
    return Number.isInteger(this.count) && this.count >= 1 && this.count <= mostPicked;
  }

  /** What was picked and measured was of another embedding. */
  reset(): void {
    this.stop();
    this.picked = null;
    this.gain = null;
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = null;
    this.busy = null;
  }

  async #run<T>(what: 'pick' | 'gain', work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    this.stop();
    const stop = (this.#stop = new AbortController());
    this.busy = what;
    try {
      const result = await work(stop.signal);
      return stop.signal.aborted ? null : result;
    } catch (error) {
      // whoever gave it up knows
      if (stop.signal.aborted || (error instanceof ContractError && error.code === 'cancelled')) return null;
      throw error;
    } finally {
      if (this.#stop === stop) this.stop();
    }
  }

  /** The ids that were picked; null where it was given up. */
  async pick(embeddingSetId: string): Promise<readonly string[] | null> {
    const { by, count, heedTags } = this;
    const picked = await this.#run('pick', (signal) =>
      this.#client.call('explore.pick', { embeddingSetId, by, count, heedTags }, { signal }),
    );
    if (picked) this.picked = picked;
    return picked?.imageIds ?? null;
  }

  async measure(embeddingSetId: string): Promise<void> {
    const gain = await this.#run('gain', (signal) => this.#client.call('explore.gain', { embeddingSetId }, { signal }));
    if (gain) this.gain = gain;
  }
}
