/** Photos of a folder as a run will see them: views of some, made anew when what they are made by has changed. */
import type { AppResult } from '../../shared/contract.ts';
import type { RunConfig } from '../../shared/config.ts';
import type { Client } from '../../shared/client.ts';
import { Latest } from '../lib/debounce.ts';

/** Photos that are shown. */
const COUNT = 6;

export class ViewPreviews {
  list = $state.raw<AppResult<'library.previewViews'>>([]);
  making = $state(false);
  readonly #client: Client;
  readonly #questions = new Latest(150);
  #seed = 0;
  /** What those in the list were made by. */
  #made = '';

  constructor(client: Client) {
    this.#client = client;
  }

  close(): void {
    this.#questions.cancel();
  }

  /** Shows none, as of another folder, until `make` is called. */
  clear(): void {
    this.list = [];
    this.#made = '';
  }

  /** The next ones are drawn by another seed. */
  shuffle(): void {
    this.#seed++;
  }

  /** Makes those of a configuration, after a pause; nothing where they are there. @param delay the pause in ms */
  make(
    datasetId: string,
    { augment, imageSize }: { augment: RunConfig['augment']; imageSize: RunConfig['imageSize'] },
    delay?: number,
  ): void {
    const seed = this.#seed;
    const asked = JSON.stringify([datasetId, augment, imageSize, seed]);
    if (asked === this.#made) return;
    this.making = true;
    this.#questions.ask(async (signal) => {
      try {
        const made = await this.#client.call(
          'library.previewViews',
          { datasetId, imageSize, augment, seed, count: COUNT },
          { signal },
        );
        if (signal.aborted) return;
        this.list = made;
        this.#made = asked;
      } catch {
        if (!signal.aborted) this.list = []; // the form says why where it matters: the plan is refused as well
      } finally {
        if (!signal.aborted) this.making = false;
      }
    }, delay);
  }
}
