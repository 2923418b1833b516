/** The embedding sets that are open: those in use, and the last ones used as long as there is room for them. */
import type { EmbeddingSetRow } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import type { OpenSet } from './openSet.ts';

/**
 * Sets that nobody uses stay open up to this number, and while all that are open hold no more bytes of vectors than
 * this.
 */
const mostOpen = 4;
const openBytes = 1.5e9;

export class OpenSets {
  readonly #context: AppContext;
  readonly #open = new Map<string, Promise<OpenSet>>();

  constructor(context: AppContext) {
    this.#context = context;
  }

  /** Opens it by `load`, or takes it as it is open, and keeps it so until `work` has ended. */
  async use<T>(
    { id, runId }: Pick<EmbeddingSetRow, 'id' | 'runId'>,
    load: () => Promise<OpenSet>,
    work: (set: OpenSet) => T | Promise<T>,
  ): Promise<T> {
    const leaves = [this.#context.leases.hold('run', runId), this.#context.leases.hold('set', id)];
    const open = this.#open.get(id) ?? load();
    this.#open.delete(id);
    this.#open.set(id, open); // the last used is last
    try {
      return await work(await open);
    } catch (error) {
      await open.catch(() => this.#open.get(id) === open && this.#open.delete(id));
      throw error;
    } finally {
      for (const leave of leaves) leave();
      this.#makeRoom();
    }
  }

  /** Closes those that were not used for longest; never one in use. */
  #makeRoom(): void {
    const bytes = (id: string) => {
      const row = this.#context.store.embeddingSets.get(id);
      return row ? 4 * row.images * row.dimensions : 0;
    };
    let total = [...this.#open.keys()].reduce((sum, id) => sum + bytes(id), 0);
    for (const [id, open] of this.#open) {
      if (total <= openBytes && this.#open.size <= mostOpen) break;
      if (this.#context.leases.isHeld('set', id)) continue;
      this.#open.delete(id);
      total -= bytes(id);
      open.then((set) => set.index.close()).catch(() => {});
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#open.values()].map(async (held) => (await held).index.close()));
  }
}
