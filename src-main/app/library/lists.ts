/**
 * Lists of a folder's photos that need a look at every one of them: made in pieces of some milliseconds between which
 * the application answers others, and kept until something changes that they go by.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { IdList } from '../../../shared/idList.ts';
import type { ImageFilter, ImageRow, Store } from '../../db/index.ts';

type Images = Pick<Store['images'], 'idPieces' | 'rowPieces' | 'page' | 'isLong' | 'byRows' | 'changesOf'>;

/** Ids of the photos that a filter finds, in the order of pages. */
export async function idsOf(images: Pick<Images, 'idPieces'>, datasetId: string, filter: ImageFilter): Promise<IdList> {
  const lists: IdList[] = [];
  for (const piece of images.idPieces(datasetId, filter)) {
    lists.push(IdList.of(piece));
    await breathe();
  }
  return IdList.joined(lists);
}

/** Does `work` for some of the items, ids most often, at a time and lets others have the thread in between. */
export async function inPieces<T, U = string>(
  ids: readonly U[],
  work: (some: readonly U[]) => T[],
  atOnce = PHOTOS_PER_PIECE,
): Promise<T[]> {
  const out: T[] = [];
  for (let from = 0; from < ids.length; from += atOnce) {
    if (from > 0) await breathe();
    for (const each of work(ids.slice(from, from + atOnce))) out.push(each);
  }
  return out;
}
/** Photos that are written at a time: some milliseconds. */
const PHOTOS_PER_PIECE = 1000;

/** Lists that are kept, and bytes of them together: those that were asked for last. */
const KEPT = { lists: 256, bytes: 32e6 };

interface Kept {
  changes: number;
  rows: Promise<Float64Array>;
  /** Null until it is made. */
  bytes: number | null;
}

export class LongLists {
  readonly #images: Images;
  /** By what was asked, the one asked for last at the end. */
  readonly #kept = new Map<string, Kept>();
  /** The end of the list that is made last. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(images: Images) {
    this.#images = images;
  }

  async page(
    datasetId: string,
    filter: ImageFilter,
    offset: number,
    limit: number,
  ): Promise<{ total: number; rows: ImageRow[] }> {
    const images = this.#images;
    if (!images.isLong(datasetId, filter)) return images.page(datasetId, filter, offset, limit);
    const rows = await this.#rows(datasetId, filter);
    return { total: rows.length, rows: images.byRows([...rows.subarray(offset, offset + limit)]) };
  }

  #rows(datasetId: string, filter: ImageFilter): Promise<Float64Array> {
    const [list, changes] = [JSON.stringify([datasetId, filter]), this.#images.changesOf(datasetId, filter)];
    const there = this.#kept.get(list);
    this.#kept.delete(list);
    const kept = there?.changes === changes ? there : { changes, rows: this.#inLine(datasetId, filter), bytes: null };
    this.#kept.set(list, kept);
    if (kept === there) return kept.rows;
    kept.rows.then(
      (rows) => {
        kept.bytes = rows.byteLength;
        this.#forgetOldest();
      },
      () => this.#kept.get(list) === kept && this.#kept.delete(list), // asked for anew the next time
    );
    return kept.rows;
  }

  #forgetOldest(): void {
    let bytes = 0;
    let lists = 0;
    for (const [list, kept] of [...this.#kept].reverse()) {
      if (kept.bytes === null) continue; // what is being made is in somebody's hands
      bytes += kept.bytes;
      if (++lists > KEPT.lists || (bytes > KEPT.bytes && lists > 1)) this.#kept.delete(list);
    }
  }

  /** One after another: a piece of each of a hundred searches in every turn would let nobody else in. */
  #inLine(datasetId: string, filter: ImageFilter): Promise<Float64Array> {
    const rows = this.#last.then(() => this.#read(datasetId, filter));
    this.#last = rows.catch(() => {});
    return rows;
  }

  async #read(datasetId: string, filter: ImageFilter): Promise<Float64Array> {
    const pieces: Float64Array[] = [];
    for (const piece of this.#images.rowPieces(datasetId, filter)) {
      pieces.push(Float64Array.from(piece));
      await breathe();
    }
    const rows = new Float64Array(pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of pieces) {
      rows.set(piece, at);
      at += piece.length;
    }
    return rows;
  }
}
