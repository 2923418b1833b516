/** The neighbours of what is asked about under another embedding of the same photos: of another epoch, or another run. */
import type { EmbeddingSet } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import { nearestTo } from '../lib/explore-lists.ts';
import type { Neighbour, Query } from '../lib/explore-lists.ts';

export class Beside {
  neighbours = $state.raw<readonly Neighbour[]>([]);
  busy = $state(false);
  /** Why there are none, such as a photo that came after this embedding was made. */
  failed = $state.raw<unknown>(null);
  readonly #client: Client;
  #setId: string | null = null;
  #asked = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** What was asked before is shown until the answer is there, but never under another embedding's name. */
  async ask(set: EmbeddingSet, query: Query): Promise<void> {
    const asked = ++this.#asked;
    if (set.id !== this.#setId) this.neighbours = [];
    this.#setId = set.id;
    this.busy = true;
    try {
      const { neighbours } = await nearestTo(this.#client, set, query);
      if (asked !== this.#asked) return;
      this.neighbours = neighbours;
      this.failed = null;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.neighbours = [];
      this.failed = error;
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }
}
