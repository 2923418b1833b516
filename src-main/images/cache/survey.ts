/**
 * What the cache holds of a collection, and what it lacks: the key of each file as it is now, and the entries of the
 * packs by key. Leaves decoding what is lacking to build.ts, the packs' layout to pack.ts.
 */
import { stat } from 'node:fs/promises';
import { bandsTrained } from '../../../shared/input.ts';
import type { InputShape } from '../../../shared/input.ts';
import { answered, FileError, systemPath } from '../../files/index.ts';
import { systemReason } from '../errors.ts';
import type { ImageReason } from '../errors.ts';
import { mayHoldValues, mostlyHoldsPhotos } from '../formats.ts';
import { framingKey, ruleKey } from '../rule.ts';
import type { PixelRule } from '../rule.ts';
import { entryKey, NOT_KEPT, readPacks } from './pack.ts';
import type { Pack, PackedFailure, PackedImage } from './pack.ts';

export interface CacheFile {
  id: string;
  path: string;
  /** Which part of the file it is; left out or '': the whole. */
  part?: string | undefined;
  /** Upright size in pixels, where the library knows it; it makes the estimate of the disk exact. */
  width?: number;
  height?: number;
  /** Size and modification time (ms) of the file that is meant, where that is known. */
  listed?: { bytes: number; modified: number };
}

export interface Survey {
  known: Known;
  /** Positions of the files whose present state is in no pack. */
  missing: number[];
  /** Positions of those that are known, but of which no pixels are kept. */
  unkept: number[];
  /** Packs that hold something of this collection. */
  used: Pack[];
}

/** What the packs of these folders hold of the files, whose keys are given in their order. */
export function survey(
  folders: readonly string[],
  files: readonly CacheFile[],
  keys: readonly FileKey[],
  imageSize: number,
  shape: InputShape,
): Survey {
  const packs = folders.flatMap((folder) => readPacks(folder, imageSize, shape));
  const known = new Known(packs);
  const wanted = new Set(keys.filter((key) => typeof key === 'string'));
  const places = files.map((_, i) => i).filter((i) => typeof keys[i] === 'string');
  return {
    known,
    missing: places.filter((i) => !known.has(keys[i])),
    unkept: places.filter((i) => known.image(keys[i] as string)?.entry.offset === NOT_KEPT),
    used: packs.filter(
      (pack) => pack.images.some(({ key }) => wanted.has(key)) || pack.failures.some(({ key }) => wanted.has(key)),
    ),
  };
}

/** The key of a file, or why it has none. */
export type FileKey = string | ImageReason;

/**
 * Counted up where decoders make other pictures of measured values than before: copies of these are made again then,
 * those of photos are kept.
 */
const PICTURES = 7;

/**
 * What changes the pixels of a file, beside its own bytes: the rule and the decoders' version where it may hold measured
 * values; '' for a photo, which stays in the cache whatever the rule. A folder without a range of measured values holds
 * photos in the formats that mostly do.
 */
export function picturesKey(path: string, rule: PixelRule): string {
  const mayHold = mayHoldValues(path);
  const key = mayHold || bandsTrained(rule) !== null ? ruleKey(rule) : '';
  return mayHold && (key !== '' || !mostlyHoldsPhotos(path)) ? `${key}|v${PICTURES}` : key;
}

/** The key of a file's entry. */
export const keyOf = (
  { path, part = '' }: Pick<CacheFile, 'path' | 'part'>,
  bytes: number,
  modified: number,
  rule: PixelRule,
) => entryKey(path, bytes, modified, picturesKey(path, rule) + framingKey(rule) + (part === '' ? '' : `#${part}`));

/** The key of each file as it is now, or why it cannot be read. */
export async function keysOf(
  files: readonly CacheFile[],
  rule: PixelRule,
  signal: AbortSignal | undefined,
): Promise<FileKey[]> {
  const keys: FileKey[] = new Array(files.length);
  await forEachConcurrently(
    files.map((_, i) => i),
    32,
    async (i) => {
      signal?.throwIfAborted();
      try {
        const found = await answered(files[i]!.path, () => stat(systemPath(files[i]!.path)), 60);
        keys[i] = keyOf(files[i]!, found.size, found.mtimeMs, rule);
      } catch (error) {
        if (error instanceof FileError) throw error; // the disk does not answer, nor will it for the others
        keys[i] = systemReason(error);
      }
    },
  );
  return keys;
}

/** What the packs hold: images and failures by key. */
export class Known {
  readonly packs: Pack[] = [];
  readonly #images = new Map<string, { pack: number; entry: PackedImage }>();
  readonly #failures = new Map<string, PackedFailure>();

  constructor(packs: readonly Pack[]) {
    for (const pack of packs) {
      this.addPack(pack);
      for (const entry of pack.images) this.addImage(pack, entry);
      for (const failure of pack.failures) this.#failures.set(failure.key, failure);
    }
  }

  addPack(pack: Pack): void {
    this.packs.push(pack);
  }
  addImage(pack: Pack, entry: PackedImage): void {
    if (entry.offset === NOT_KEPT && this.#images.has(entry.key)) return;
    this.#images.set(entry.key, { pack: this.packs.indexOf(pack), entry });
  }
  has(key: unknown): boolean {
    return typeof key === 'string' && (this.#images.has(key) || this.#failures.has(key));
  }
  image(key: string): { pack: number; entry: PackedImage } | undefined {
    return this.#images.get(key);
  }
  failure(key: string): PackedFailure | undefined {
    return this.#failures.get(key);
  }
}

/** Runs `work` on every item, `limit` at a time. The first error stops the rest and is thrown when all have ended. */
export async function forEachConcurrently<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const errors: unknown[] = [];
  await Promise.all(
    Array.from({ length: Math.min(limit, items.length) }, async () => {
      while (errors.length === 0 && next < items.length) {
        try {
          await work(items[next++]!);
        } catch (error) {
          errors.push(error);
        }
      }
    }),
  );
  if (errors.length > 0) throw errors[0];
}
