/** Finding the rest of a tag: the candidates, and answers to them one by one. */
import type { AppResult } from '../../shared/contract.ts';
import { ContractError } from '../../shared/contract/wire.ts';
import type { Client } from '../../shared/client.ts';
import type { Tags } from './tags.svelte.ts';

type Found = AppResult<'explore.find'>;

/** Least separability (explore.find; 0.5 is chance) at which the encoder tells a tag apart. */
const hardBelow = 0.75;

export class FindRest {
  tagId = $state<string | null>(null);
  state = $state.raw<Found | null>(null);
  busy = $state(false);
  /** No photo here has the tag. */
  isUntagged = $state(false);
  readonly #client: Client;
  readonly #tags: Tags;
  #setId: string | null = null;
  #asked = 0;

  constructor(client: Client, tags: Tags) {
    this.#client = client;
    this.#tags = tags;
  }

  get candidates(): Found['candidates'] {
    return this.state?.candidates ?? [];
  }

  get isHard(): boolean {
    return (this.state?.separability ?? 1) < hardBelow;
  }

  async open(setId: string, tagId: string): Promise<void> {
    if (this.#setId === setId && this.tagId === tagId && this.state) return;
    this.#setId = setId;
    this.tagId = tagId;
    this.state = null;
    await this.#rank();
  }

  /** The photo leaves the list at once; the others are ranked anew when the answer is kept. */
  async answer(imageId: string, yes: boolean): Promise<void> {
    const { tagId, state } = this;
    if (!tagId || !state) return;
    this.state = { ...state, candidates: state.candidates.filter((one) => one.imageId !== imageId) };
    if (yes) await this.#tags.set(tagId, [imageId], true);
    else await this.#client.call('tags.reject', { tagId, imageIds: [imageId], on: true });
    await this.#rank();
  }

  acceptAll = (): Promise<void> => this.acceptTo(this.candidates.length - 1);

  /** Those up to a place in the list, itself included: they are in the order in which they probably belong. */
  async acceptTo(index: number): Promise<void> {
    const { tagId } = this;
    if (!tagId) return;
    const first = this.candidates.slice(0, index + 1);
    await this.#tags.set(
      tagId,
      first.map(({ imageId }) => imageId),
      true,
    );
    await this.#rank();
  }

  async #rank(): Promise<void> {
    const { tagId } = this;
    if (!tagId || !this.#setId) return;
    const asked = ++this.#asked;
    this.busy = true;
    try {
      const state = await this.#client.call('explore.find', { embeddingSetId: this.#setId, tagId, count: 24 });
      if (asked !== this.#asked) return;
      this.state = state;
      this.isUntagged = false;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.isUntagged = error instanceof ContractError && error.key === 'not-available.untagged';
      if (!this.isUntagged) throw error;
      this.state = null;
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }
}
