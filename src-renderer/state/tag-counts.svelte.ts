/**
 * How many photos have each tag, in the folder or collection that is on screen: a place says which that is for as long as
 * it shows it. Where none does, the number is that of all folders, which a tag brings along.
 */
import type { Tag } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';

export class TagCounts {
  #shown = $state.raw<{ datasetId: string } | null>(null);
  #known = $state.raw<{ datasetId: string; images: Readonly<Record<string, number>> } | null>(null);
  #isAsking = false;
  #isOld = false;
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Photos that have the tag; null: not known yet. */
  of = ({ id, images }: Tag): number | null => {
    if (this.#shown === null) return images;
    return this.#known?.datasetId === this.#shown.datasetId ? (this.#known.images[id] ?? 0) : null;
  };

  /** A place shows this folder, until the returned function is called. */
  show(datasetId: string): () => void {
    const shown = { datasetId };
    this.#shown = shown;
    this.renew();
    return () => {
      if (this.#shown === shown) this.#shown = null; // else the next place has said what it shows
    };
  }

  /** They may be others. However often that is said meanwhile, it is asked once more. */
  renew = (): void => {
    this.#isOld = true;
    if (!this.#isAsking) void this.#ask();
  };

  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      while (this.#isOld && this.#shown) {
        this.#isOld = false;
        const { datasetId } = this.#shown;
        const images = await this.#client.call('tags.counts', { datasetId });
        this.#known = { datasetId, images };
      }
    } catch {
      // the folder was taken out of the library, or nobody answers: a place that is shown again asks again
    } finally {
      this.#isAsking = false;
    }
  }
}
