/**
 * A long list of photos, read page by page as the grid asks for them, with a bounded number of pages kept: the
 * window holds what is near the screen, however large the folder is.
 */
import type { ImageInfo } from '../../shared/contract.ts';

export const pageSize = 200;
const keptPages = 24;

export interface PhotoPage {
  total: number;
  images: ImageInfo[];
}

export class Photos {
  total = $state(0);
  /** Grows with every page that arrives: what renders `at(i)` reads it. */
  version = $state(0);
  /** Of another list nothing is known yet. One that is read again stands meanwhile, what is said of an empty one too. */
  loading = $state(false);
  failed = $state.raw<unknown>(null);
  #pages = new Map<number, ImageInfo[]>();
  #asked = new Set<number>();
  #generation = 0;
  /** What the grid asked for last: first and last page. */
  #near: readonly [number, number] = [0, 0];
  #read: (offset: number, limit: number) => Promise<PhotoPage>;

  constructor(read: (offset: number, limit: number) => Promise<PhotoPage>) {
    this.#read = read;
  }

  at = (index: number): ImageInfo | undefined => {
    void this.version;
    return this.#pages.get(Math.floor(index / pageSize))?.[index % pageSize];
  };

  /** Ids from one place of the list to another, both included; null where some of them are on pages that are not here. */
  between(first: number, last: number): readonly string[] | null {
    const ids: string[] = [];
    for (let index = first; index <= last; index++) {
      const image = this.#pages.get(Math.floor(index / pageSize))?.[index % pageSize];
      if (!image) return null;
      ids.push(image.id);
    }
    return ids;
  }

  /** Another filter or folder: what is shown is dropped and the first page is read. */
  async open(read: (offset: number, limit: number) => Promise<PhotoPage>): Promise<void> {
    this.#read = read;
    this.#pages.clear();
    this.total = 0;
    this.loading = true;
    this.#near = [0, 0];
    await this.reload();
  }

  /** The list changed: the pages near the screen are read again, the old ones staying until then; others are dropped. */
  async reload(): Promise<void> {
    const first = ++this.#generation;
    const old = new Map(this.#pages);
    this.#asked.clear();
    this.failed = null;
    const near = pagesOf(this.#near).filter((page) => page * pageSize < this.total);
    await Promise.all((near.length > 0 ? near : [0]).map((page) => this.#fetch(page)));
    if (first !== this.#generation) return;
    this.loading = false;
    // not what the grid asked for and got meanwhile
    for (const [page, images] of old) if (this.#pages.get(page) === images) this.#pages.delete(page);
    this.version++;
  }

  /** The grid is about to show [first, last]; asked for again whenever pages came or went. */
  need = (first: number, last: number): void => {
    void this.version;
    this.#near = [Math.floor(Math.max(0, first) / pageSize), Math.floor(Math.max(0, last) / pageSize)];
    for (const page of pagesOf(this.#near))
      if (page * pageSize < this.total && !this.#pages.has(page)) void this.#fetch(page);
  };

  async #fetch(page: number): Promise<void> {
    if (this.#asked.has(page)) return;
    this.#asked.add(page);
    const generation = this.#generation;
    try {
      const { total, images } = await this.#read(page * pageSize, pageSize);
      if (generation !== this.#generation) return;
      this.total = total;
      this.#pages.delete(page);
      this.#pages.set(page, images);
      this.#forget(page);
      this.version++;
    } catch (error) {
      if (generation === this.#generation) this.failed = error;
    } finally {
      this.#asked.delete(page);
    }
  }

  /** Drops the pages farthest from `near` while more are held than are kept. */
  #forget(near: number): void {
    while (this.#pages.size > keptPages) {
      let farthest = near;
      for (const page of this.#pages.keys()) if (Math.abs(page - near) > Math.abs(farthest - near)) farthest = page;
      this.#pages.delete(farthest);
    }
  }
}

const pagesOf = ([first, last]: readonly [number, number]): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);
