/**
 * The chosen photos: one set for every grid, map, group and list, as what is done with them does not depend on where
 * they were chosen. A range goes from the last photo that was chosen by itself; a list that is read page by page says
 * itself what lies between.
 */
export interface PhotoList {
  count: number;
  /** Ids from one index to another, both included. */
  between(first: number, last: number): readonly string[] | Promise<readonly string[]>;
}

export class Selection {
  ids = $state.raw<ReadonlySet<string>>(new Set());
  /** The photo that was chosen or left out last by itself or by a range, to be said aloud; else null. */
  last = $state.raw<{ imageId: string; on: boolean } | null>(null);
  #anchor: { list: unknown; index: number } | null = null;
  /** The folder whose photos were on screen last; that of a collection for its photos. */
  folder: string | null = null;
  /** A person left out all that was chosen, and has chosen nothing since. */
  isLetGo = false;
  #asked = 0;
  /** What is being chosen while the photos of it are asked for; null: nothing. */
  #choosing: Promise<void> | null = null;

  get size(): number {
    return this.ids.size;
  }

  /** Whether the photos of what was chosen last are still asked for. */
  get isChoosing(): boolean {
    return this.#choosing !== null;
  }

  /** Until all that was pressed is chosen: what is done with the chosen photos is done with those too. */
  async settled(): Promise<void> {
    while (this.#choosing) await this.#choosing;
  }

  /**
   * Says whose photos are on screen now: those of another folder, which were on screen before, are chosen no more.
   * @returns the photos that were let go
   */
  standIn(folder: string): readonly string[] {
    const chosen = this.folder === null || this.folder === folder ? [] : [...this.ids];
    this.folder = folder;
    if (chosen.length > 0) this.set([]);
    return chosen;
  }

  has = (imageId: string): boolean => this.ids.has(imageId);

  /** Chooses or leaves out one; a range begins here. `list` tells lists apart: a range lies within one. */
  toggle(imageId: string, index = 0, list: unknown = null): void {
    this.#asked++;
    const next = new Set(this.ids);
    const on = !next.delete(imageId);
    if (on) next.add(imageId);
    this.isLetGo = next.size === 0;
    this.ids = next;
    this.last = { imageId, on };
    this.#anchor = { list, index };
  }

  /** All from where the range began to `index`; where none began, that photo. */
  extend = (list: PhotoList, index: number, key: unknown = list): Promise<void> =>
    this.#follow(this.#extend(list, index, key));

  async #extend(list: PhotoList, index: number, key: unknown): Promise<void> {
    const known = this.#anchor;
    const anchor = known !== null && known.list === key ? known : { list: key, index };
    const from = anchor.index;
    const asked = ++this.#asked;
    const between = await list.between(Math.min(from, index), Math.max(from, index));
    if (asked !== this.#asked) return; // something else was chosen meanwhile
    this.#anchor = anchor;
    this.isLetGo = false;
    this.ids = new Set([...this.ids, ...between]);
    const imageId = index >= from ? between.at(-1) : between[0];
    if (imageId !== undefined) this.last = { imageId, on: true };
  }

  all = (list: PhotoList): Promise<void> => this.#follow(this.#all(list));

  #follow(work: Promise<void>): Promise<void> {
    const choosing = work
      .catch(() => {}) // told to whoever chose
      .then(() => {
        if (this.#choosing === choosing) this.#choosing = null;
      });
    this.#choosing = choosing;
    return work;
  }

  async #all(list: PhotoList): Promise<void> {
    if (list.count === 0) return;
    const asked = ++this.#asked;
    const ids = await list.between(0, list.count - 1);
    if (asked === this.#asked) this.set(ids);
  }

  set(imageIds: Iterable<string>): void {
    this.#asked++;
    this.isLetGo = false;
    this.ids = new Set(imageIds);
    this.last = null;
    this.#anchor = null;
  }

  /** Lets go of some, as they are gone. @returns how many of them were chosen */
  drop(imageIds: readonly string[]): number {
    const next = new Set(this.ids);
    for (const imageId of imageIds) next.delete(imageId);
    const count = this.ids.size - next.size;
    if (count > 0) this.ids = next;
    return count;
  }

  /** As a person does. */
  clear = (): void => {
    if (this.ids.size === 0) return;
    this.set([]);
    this.isLetGo = true;
  };
}
