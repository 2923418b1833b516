/**
 * A file as if it were a buffer, for reading the tags of one that is larger than memory: only the blocks that are asked
 * for are read, and a few of them kept. Synchronous, for a worker has nothing else to do. Leaves pixels to others.
 */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { openSyncForReading } from '../read.ts';
import type { TiffBytes } from './tiff.ts';

const BLOCK = 1 << 16;
const KEPT = 64;

export class FileBytes implements TiffBytes {
  readonly length: number;
  /** Modification time in ms. */
  readonly modified: number;
  readonly #file: number;
  readonly #blocks = new Map<number, Buffer>();

  /** Throws the system's error where there is no such file. */
  constructor(path: string) {
    this.#file = openSyncForReading(path);
    const { size, mtimeMs } = fstatSync(this.#file);
    this.length = size;
    this.modified = mtimeMs;
  }

  subarray(start: number, end: number): Buffer {
    const length = Math.max(0, Math.min(end, this.length) - start);
    if (length > BLOCK) {
      const out = Buffer.allocUnsafeSlow(length);
      return out.fill(0, this.copy(out, 0, start, start + length)); // where it shrank under us
    }
    const out = Buffer.alloc(length);
    for (let at = 0; at < out.length;) {
      const block = this.#block(Math.floor((start + at) / BLOCK));
      const from = (start + at) % BLOCK;
      const copied = block.copy(out, at, from);
      if (copied === 0) break; // it shrank under us
      at += copied;
    }
    return out;
  }

  /** Reads from `start` to before `end` to a place in `target`; answers how many bytes were there. */
  copy(target: Uint8Array, targetStart: number, start: number, end: number): number {
    const length = Math.min(end, this.length) - start;
    let read = 0;
    for (let more = 1; more > 0 && read < length; read += more)
      more = readSync(this.#file, target, targetStart + read, length - read, start + read);
    return read;
  }

  #block(index: number): Buffer {
    let block = this.#blocks.get(index);
    if (!block) {
      block = Buffer.alloc(BLOCK);
      block = block.subarray(0, readSync(this.#file, block, 0, BLOCK, index * BLOCK));
      if (this.#blocks.size >= KEPT) this.#blocks.delete(this.#blocks.keys().next().value!);
      this.#blocks.set(index, block);
    }
    return block;
  }

  #at(at: number, length: number): Buffer {
    const block = this.#block(Math.floor(at / BLOCK));
    const from = at % BLOCK;
    return from + length <= block.length ? block.subarray(from, from + length) : this.subarray(at, at + length);
  }

  toString(encoding: BufferEncoding, start: number, end: number): string {
    return this.subarray(start, end).toString(encoding);
  }
  readUInt8 = (at = 0): number => this.#at(at, 1).readUInt8();
  readUInt16LE = (at = 0): number => this.#at(at, 2).readUInt16LE();
  readUInt16BE = (at = 0): number => this.#at(at, 2).readUInt16BE();
  readUInt32LE = (at = 0): number => this.#at(at, 4).readUInt32LE();
  readUInt32BE = (at = 0): number => this.#at(at, 4).readUInt32BE();
  readBigUInt64LE = (at = 0): bigint => this.#at(at, 8).readBigUInt64LE();
  readBigUInt64BE = (at = 0): bigint => this.#at(at, 8).readBigUInt64BE();

  close(): void {
    this.#blocks.clear();
    closeSync(this.#file);
  }
}
