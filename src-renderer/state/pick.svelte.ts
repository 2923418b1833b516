/**
 * Photos picked from an embedding to look at first, and what picking is worth there. Both are kept in the browser beside
 * what they were asked by: picked anew they would be others, as photos have got tags since.
 */
import { z } from 'zod';
import { appCalls } from '../../shared/contract.ts';
import type { AppResult, PickRule } from '../../shared/contract.ts';
import { ContractError } from '../../shared/contract/wire.ts';
import type { Client } from '../../shared/client.ts';
import { parsedJson } from '../../shared/json.ts';
import { isPickable } from '../lib/explore-place.ts';
import type { Picking } from '../lib/explore-place.ts';
import type { Memory } from './memory.ts';
import type { Tasks } from './tasks.svelte.ts';
import { Work } from './work.svelte.ts';

export type Gain = AppResult<'explore.gain'>;
type Picked = AppResult<'explore.pick'>;

/** Answers that are kept, and photos of one at most: browsers keep a few megabytes. */
const KEPT = 8;
const MOST_KEPT = 5000;
/** What was asked, as JSON, and the answer. */
const Kept = z.array(z.tuple([z.string(), z.unknown()]));

export class Pick {
  by = $state<PickRule>('mix');
  count = $state(24);
  heedTags = $state(true);
  /** By what the photos that are shown were picked, or are being picked again; null: there are none. */
  as = $state.raw<Picking | null>(null);
  picked = $state.raw<Picked | null>(null);
  gain = $state.raw<Gain | null>(null);
  /** What is under way. */
  busy = $state<'pick' | 'gain' | null>(null);
  /** How far it is. */
  readonly work: Work;
  readonly #client: Client;
  readonly #memory: Memory;
  #stop: AbortController | null = null;

  constructor(client: Client, tasks: Tasks, memory: Memory) {
    this.#client = client;
    this.#memory = memory;
    this.work = new Work(tasks, 'pick');
  }

  /** Whether what is asked for can be picked. */
  get isAskable(): boolean {
    return isPickable(this.count);
  }

  /** What picking is worth is shown, or is being measured again. */
  get isMeasured(): boolean {
    return this.gain !== null || this.busy === 'gain';
  }

  /** What was picked and measured was of another embedding. */
  reset(): void {
    this.stop();
    this.as = null;
    this.picked = null;
    this.gain = null;
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = null;
    this.busy = null;
    if (!this.picked) this.as = null; // they are not there again
  }

  async #run<T>(what: 'pick' | 'gain', work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    this.#stop?.abort();
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
      if (this.#stop === stop) [this.#stop, this.busy] = [null, null];
    }
  }

  /** The ids that were picked; null where it was given up. */
  async pick(embeddingSetId: string): Promise<readonly string[] | null> {
    const as = { by: this.by, count: this.count, heedTags: this.heedTags };
    try {
      const picked = await this.#run('pick', (signal) =>
        this.#client.call('explore.pick', { embeddingSetId, ...as }, { signal }),
      );
      if (!picked) return null;
      [this.as, this.picked] = [as, picked];
      if (picked.imageIds.length <= MOST_KEPT) this.#keep([embeddingSetId, as], picked);
      return picked.imageIds;
    } finally {
      if (!this.picked && !this.busy) this.as = null;
    }
  }

  async measure(embeddingSetId: string): Promise<void> {
    const gain = await this.#run('gain', (signal) => this.#client.call('explore.gain', { embeddingSetId }, { signal }));
    if (!gain) return;
    this.gain = gain;
    this.#keep([embeddingSetId], gain);
  }

  /**
   * What an address asks for is there again: as it was kept, else picked and measured anew.
   * @returns ids of the photos; null where they are there already, or none are asked for
   */
  async restore(
    embeddingSetId: string,
    { picked: as, measured }: { picked: Picking | null; measured: boolean },
    isThere: (imageId: string) => boolean,
  ): Promise<readonly string[] | null> {
    let found: readonly string[] | null = null;
    if (JSON.stringify(as) !== JSON.stringify(this.as)) {
      this.stop();
      [this.as, this.picked] = [as, null];
      if (as) [this.by, this.count, this.heedTags] = [as.by, as.count, as.heedTags];
      const kept = as && this.#kept('explore.pick', [embeddingSetId, as]);
      if (kept) this.picked = { ...kept, imageIds: (found = kept.imageIds.filter(isThere)) };
      else if (as) found = await this.pick(embeddingSetId);
    }
    if (!measured) this.gain = null;
    else if (!this.gain) {
      this.gain = this.#kept('explore.gain', [embeddingSetId]);
      if (!this.gain) await this.measure(embeddingSetId);
    }
    return found;
  }

  /** By what was asked, the latest first. */
  get #all(): z.infer<typeof Kept> {
    return Kept.safeParse(parsedJson(this.#memory.get('picked') ?? '[]')).data ?? [];
  }

  #keep(asked: unknown, answer: unknown): void {
    const key = JSON.stringify(asked);
    const others = this.#all.filter(([other]) => other !== key);
    this.#memory.set('picked', JSON.stringify([[key, answer], ...others].slice(0, KEPT)));
  }

  #kept<Method extends 'explore.pick' | 'explore.gain'>(method: Method, asked: unknown): AppResult<Method> | null {
    const key = JSON.stringify(asked);
    const answer = this.#all.find(([other]) => other === key)?.[1];
    return (appCalls[method].result.safeParse(answer).data ?? null) as AppResult<Method> | null;
  }
}
