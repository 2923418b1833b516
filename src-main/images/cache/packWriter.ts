/**
 * Writes a pack of the cache. The index names an entry only after its pixels are on the disk, so whatever a killed build
 * leaves is a valid prefix.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fdatasyncSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageReason } from '../errors.ts';
import type { PreparedImage } from '../pool/jobs.ts';
import { NOT_KEPT, formatLine, pixelChecksums, removePack } from './pack.ts';
import type { IndexLine, Pack } from './pack.ts';

/** Entries, and milliseconds, between two syncs: what a kill or a power cut can cost. */
const SYNC_ENTRIES = 256;
const SYNC_MILLISECONDS = 1000;

/**
 * Writes one new pack. Everything is written by position, and the position moves on when an entry is whole: on a full
 * disk an entry is lost, and the next one takes its place.
 */
export class PackWriter {
  readonly pack: Pack;
  readonly #dataFile: number;
  readonly #indexFile: number;
  #size = 0;
  #indexSize = 0;
  #unsynced: string[] = [];
  #syncedSize = 0;
  #synced = performance.now();
  /** A sync that failed, which is final: the system may have dropped the pixels that it could not write. */
  #lost: unknown;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    const name = `${Date.now().toString(36)}-${process.pid.toString(36)}-${randomBytes(3).toString('hex')}`;
    const data = join(folder, `${name}.pixels`);
    const index = join(folder, `${name}.index`);
    this.#dataFile = openSync(data, 'wx');
    this.#indexFile = openSync(index, 'wx');
    this.pack = { data, index, images: [], failures: [], bytes: 0, used: Date.now() };
  }

  /** Writes a photo; with `keep` false no more than its facts and checksums. */
  add(key: string, image: PreparedImage, keep = true): void {
    const { training, evaluation, width, height, format, orientation, hash, kept } = image;
    const offset = keep ? this.#size : NOT_KEPT;
    if (keep) {
      writeFully(this.#dataFile, evaluation, offset);
      writeFully(this.#dataFile, training.data, offset + evaluation.length);
      this.#size = offset + evaluation.length + training.data.length;
    }
    const crcs = pixelChecksums(image);
    const length = kept === 'webp' ? training.data.length : undefined;
    this.pack.images.push({
      key,
      offset,
      trainingWidth: training.width,
      trainingHeight: training.height,
      evaluationCrc: crcs[0],
      trainingCrc: crcs[1],
      facts: { width, height, format, orientation, hash },
      ...(length !== undefined && { length }),
    });
    const line = [key, offset, training.width, training.height, width, height, format, orientation, hash] as const;
    this.#note(length === undefined ? [...line, ...crcs] : [...line, ...crcs, length]);
  }

  addFailure(key: string, reason: ImageReason): void {
    this.pack.failures.push({ key, reason });
    this.#note([key, reason.key, reason.values]);
  }

  #note(line: IndexLine): void {
    this.#unsynced.push(formatLine(line));
    if (this.#unsynced.length >= SYNC_ENTRIES || performance.now() - this.#synced >= SYNC_MILLISECONDS) this.sync();
  }

  /** Pixels to the disk first, then the lines that name them. */
  sync(): void {
    if (this.#lost) throw this.#lost;
    if (this.#unsynced.length === 0) return;
    const lines = Buffer.from(this.#unsynced.join(''));
    this.#syncFile(this.#dataFile);
    writeFully(this.#indexFile, lines, this.#indexSize);
    this.#syncFile(this.#indexFile);
    this.#indexSize += lines.length;
    this.pack.bytes = this.#size;
    this.#unsynced = [];
    this.#syncedSize = this.#size;
    this.#synced = performance.now();
  }

  #syncFile(file: number): void {
    try {
      fdatasyncSync(file);
    } catch (error) {
      throw (this.#lost = error);
    }
  }

  /** Bytes of pixels written so far. */
  get written(): number {
    return this.#size;
  }

  /** Closes without syncing, and cuts off what was not synced: on a full disk it is in the way. */
  abandon(): void {
    ftruncateSync(this.#indexFile, this.#indexSize);
    ftruncateSync(this.#dataFile, this.#syncedSize);
    this.#closeFiles();
    if (this.#syncedSize === 0) removePack(this.pack);
  }

  #closeFiles(): void {
    closeSync(this.#dataFile);
    closeSync(this.#indexFile);
  }

  /** Syncs and closes. A pack without entries is removed. */
  close(): void {
    try {
      this.sync();
    } catch (error) {
      this.abandon();
      throw error;
    }
    this.#closeFiles();
    if (this.pack.images.length === 0 && this.pack.failures.length === 0) removePack(this.pack);
  }
}

function writeFully(file: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, bytes.length - at, position + at);
}
