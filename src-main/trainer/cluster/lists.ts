/**
 * The lists of photos in a folder that comes back from elsewhere: photos.jsonl, which was written here, and index.json,
 * which embed.py wrote. Of some million photos each is longer than any text can be, so both are read a piece at a time.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { clusterPhotosFile } from '../../../shared/cluster.ts';
import { Id } from '../../../shared/contract/dataset.ts';
import type { JobImage } from '../../../shared/contract/job.ts';
import { IdList } from '../../../shared/idList.ts';
import { parsedJson } from '../../../shared/json.ts';
import { photoName } from '../../../shared/parts.ts';
import { piecesGiven } from '../../files/index.ts';
import { TrainerError } from '../errors.ts';
import { ClusterPhoto } from './folder.ts';

/** Bytes of a line, and of what index.json says beside the ids; what is longer was not written by us. */
const MOST = 4 << 20;
/** Bytes of ids that are read as one text. */
const BYTES_PER_TEXT = 256 << 10;
/** How deep the ids lie in index.json: {"parts": [{"ids": [ */
const IDS_DEPTH = 4;

/** The index as it is without the ids: in place of each list of them stands its number. */
const Index = z.object({
  step: z.int(),
  dimensions: z.int(),
  parts: z.array(z.object({ file: z.string().regex(/^part-\d+\.npy$/), ids: z.tuple([z.int()]), crc: z.string() })),
});
const Ids = z.array(Id);

/** What embed.py wrote: for each of its files the photos of its rows. */
export interface EmbeddedIndex {
  step: number;
  dimensions: number;
  parts: { file: string; crc: string; ids: IdList }[];
}

/** Null where there is no such file. @throws TrainerError bad-result.part where it is none that embed.py wrote */
export async function readIndex(file: string): Promise<EmbeddedIndex | null> {
  const wrong = () => new TrainerError('bad-result.part', { file });
  const lists: IdList[][] = [];
  let beside = '';
  /** Of what has been read, what is neither a list of ids nor a whole text yet. */
  let held: Buffer[] = [];
  let heldBytes = 0;
  let depth = 0;
  let isList = false;
  let isQuoted = false;
  let isEscaped = false;

  const text = (last: Buffer): string => {
    const bytes = Buffer.concat([...held, last]);
    held = [];
    heldBytes = 0;
    return bytes.toString('utf8');
  };
  const addIds = (last: Buffer): void => {
    const ids = Ids.safeParse(parsedJson(`[${text(last)}]`));
    if (!ids.success) throw wrong();
    lists.at(-1)!.push(IdList.of(ids.data));
  };
  const addBeside = (words: string): void => {
    beside += words;
    if (beside.length > MOST) throw wrong();
  };

  try {
    for await (const bytes of piecesGiven(file)) {
      let from = 0;
      const taken = (end: number): Buffer => {
        const some = bytes.subarray(from, end);
        from = end;
        return some;
      };
      for (let at = 0; at < bytes.length; at++) {
        const byte = bytes[at]!;
        if (isQuoted) {
          if (isEscaped) isEscaped = false;
          else if (byte === 0x5c) isEscaped = true;
          else if (byte === 0x22) isQuoted = false;
        } else if (byte === 0x22) isQuoted = true;
        else if (byte === 0x5b || byte === 0x7b) {
          if (++depth !== IDS_DEPTH || byte !== 0x5b) continue;
          addBeside(text(taken(at + 1)) + String(lists.length));
          lists.push([]);
          isList = true;
        } else if (byte === 0x5d || byte === 0x7d) {
          if (depth-- !== IDS_DEPTH || !isList) continue;
          addIds(taken(at));
          isList = false;
        } else if (byte === 0x2c && isList && depth === IDS_DEPTH && heldBytes + at - from > BYTES_PER_TEXT) {
          addIds(taken(at));
          from = at + 1;
        }
      }
      held.push(bytes.subarray(from));
      heldBytes += bytes.length - from;
      if (heldBytes > MOST) throw wrong();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  addBeside(text(Buffer.of()));
  const index = Index.safeParse(parsedJson(beside));
  if (!index.success) throw wrong();
  const { parts, ...known } = index.data;
  return { ...known, parts: parts.map(({ ids: [list], ...part }) => ({ ...part, ids: IdList.joined(lists[list]!) })) };
}

/**
 * The photos that a folder was written with, and which of this library each is: the same id, or in another home the
 * same file.
 */
export class ListedPhotos {
  readonly #listed: IdList;
  /** By row of the list, the place in `images`; -1: this library does not have that photo. */
  readonly #places: Int32Array;

  private constructor(listed: IdList, places: Int32Array) {
    this.#listed = listed;
    this.#places = places;
  }

  /** @throws TrainerError bad-result where the list is not as it was written */
  static async read(folder: string, images: readonly JobImage[]): Promise<ListedPhotos> {
    const list = join(folder, clusterPhotosFile);
    const here = IdList.of(images.map(({ id }) => id));
    /** Of another home alone. */
    let byFile: Map<string, number> | null = null;
    const placeOf = ({ id, file }: ClusterPhoto): number => {
      const row = here.rowOf(id);
      if (row >= 0) return row;
      byFile ??= new Map(images.map(({ file, part = '' }, i) => [photoName(file, part), i]));
      return byFile.get(file) ?? -1;
    };
    const ids: IdList[] = [];
    const places: Int32Array[] = [];
    let number = 0;
    for await (const lines of linesGiven(list)) {
      const rows: ClusterPhoto[] = [];
      for (const line of lines) {
        number++;
        if (line === '') continue;
        const row = ClusterPhoto.safeParse(parsedJson(line));
        if (!row.success) throw new TrainerError('bad-result.line', { file: list, line: number });
        rows.push(row.data);
      }
      ids.push(IdList.of(rows.map(({ id }) => id)));
      places.push(Int32Array.from(rows, placeOf));
    }
    const listed = IdList.joined(ids);
    const all = new Int32Array(listed.length);
    let at = 0;
    for (const some of places) {
      all.set(some, at);
      at += some.length;
    }
    return new ListedPhotos(listed, all);
  }

  /** The place in `images` of a photo; -1: this library does not have it. Undefined where it was not listed. */
  placeOf(id: string): number | undefined {
    const row = this.#listed.rowOf(id);
    return row < 0 ? undefined : this.#places[row];
  }
}

/** The lines of a file, a piece's at a time. @throws TrainerError bad-result where there is no such file, or it has none */
async function* linesGiven(file: string): AsyncGenerator<string[]> {
  const wrong = () => new TrainerError('bad-result.part', { file });
  let held = Buffer.of();
  try {
    for await (const bytes of piecesGiven(file)) {
      const end = bytes.lastIndexOf(0x0a);
      const before = held;
      held = Buffer.concat([...(end < 0 ? [before] : []), bytes.subarray(end + 1)]);
      if (held.length > MOST) throw wrong();
      if (end >= 0)
        yield Buffer.concat([before, bytes.subarray(0, end)])
          .toString('utf8')
          .split('\n');
    }
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? wrong() : error;
  }
  if (held.length > 0) yield held.toString('utf8').split('\n');
}
