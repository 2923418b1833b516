/**
 * Thumbnails on disk, by path, size and modification time of the photo, so that a changed photo gets a new one.
 * Bounded: when the folder has grown past its budget, those not looked at for longest go.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../../files/index.ts';

/** Longest side in pixels of the thumbnail made at the scan: sharp in a grid on a dense screen. */
export const thumbnailSize = 256;

/** Bytes that are written before the folder is looked at. */
const SWEPT_AFTER = 100e6;
/** A thumbnail takes 10 kB, and some are asked for in other sizes. */
const PER_PHOTO = 20e3;
const LEAST_BUDGET = 2e9;

/** What the thumbnails of so many photos need, of a disk with so much free as much as a quarter, and 2 GB at least. */
export const thumbnailBudget = (photos: number, free: number): number =>
  Math.max(LEAST_BUDGET, Math.min(PER_PHOTO * photos, free / 4));

export interface PhotoFile {
  path: string;
  bytes: number;
  modified: number;
  /** How its measured values are shown; '' for a photo. */
  rule?: string;
  /** Which part of the file it is; '': the whole. */
  part?: string;
}

export class Thumbnails {
  readonly #directory: string;
  readonly #budget: () => number;
  /** What the folder holds, at most: counted by a sweep, then with what is written; null: not counted yet. */
  #held: number | null = null;
  #writtenBytes = 0;
  #sweeping: Promise<void> | null = null;

  /** @param budget bytes that the folder may hold, asked for when they are about to be too many */
  constructor(directory: string, budget: () => number) {
    this.#directory = directory;
    this.#budget = budget;
  }

  #file(photo: PhotoFile, size: number): string {
    const rule = photo.rule ? `\0${photo.rule}` : '';
    const part = photo.part ? `\0#${photo.part}` : '';
    const of = `${photo.path}\0${photo.bytes}\0${photo.modified}\0${size}${rule}${part}`;
    const key = createHash('sha256').update(of).digest('hex');
    return join(this.#directory, key.slice(0, 2), `${key.slice(2, 34)}.webp`);
  }

  async has(photo: PhotoFile, size = thumbnailSize): Promise<boolean> {
    return (await stat(this.#file(photo, size)).catch(() => null)) !== null;
  }

  /** Where it lies, or would. */
  place(photo: PhotoFile, size = thumbnailSize): string {
    return this.#file(photo, size);
  }

  async read(photo: PhotoFile, size = thumbnailSize): Promise<Buffer | null> {
    const file = this.#file(photo, size);
    const bytes = await readFile(file).catch(() => null);
    if (bytes) void utimes(file, new Date(), new Date()).catch(() => {}); // looked at lately
    return bytes;
  }

  /** A cache: a thumbnail that cannot be written is made again when it is next asked for. */
  async write(photo: PhotoFile, webp: Uint8Array, size = thumbnailSize): Promise<void> {
    const file = this.#file(photo, size);
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFileAtomic(file, webp, { sync: false });
    } catch {
      // The disk is full, or the folder was taken away.
    }
    this.#writtenBytes += webp.length;
    if (this.#held !== null) this.#held += webp.length;
    // The files are looked at once in a while at most, as that takes a minute where there are a million: the photo does
    // not wait for it.
    if (this.#writtenBytes > SWEPT_AFTER && (this.#held === null || this.#held > this.#budget()))
      void this.sweep().catch(() => {});
  }

  /** Brings the folder under its budget. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweep().finally(() => (this.#sweeping = null));
    return this.#sweeping;
  }

  async #sweep(): Promise<void> {
    this.#writtenBytes = 0;
    const files: { file: string; bytes: number; used: number }[] = [];
    for (const folder of await readdir(this.#directory).catch(() => [])) {
      for (const name of await readdir(join(this.#directory, folder)).catch(() => [])) {
        const file = join(this.#directory, folder, name);
        const found = await stat(file).catch(() => null);
        if (found) files.push({ file, bytes: found.size, used: found.mtimeMs });
      }
    }
    let total = files.reduce((sum, item) => sum + item.bytes, 0);
    const budget = this.#budget();
    const room = total > budget ? 0.9 * budget : total;
    for (const item of files.sort((a, b) => a.used - b.used)) {
      if (total <= room) break;
      // one that another program has open stays until the next time
      const isGone = await rm(item.file, { force: true }).then(
        () => true,
        () => false,
      );
      if (isGone) total -= item.bytes;
    }
    this.#held = total;
  }
}
