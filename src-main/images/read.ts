/**
 * Reads a file of the person's folder without leaving a trace in it: read-only, without updating the access time
 * where the system permits, and never blocking on a pipe or a device. Leaves the bytes' meaning to decode/.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { argumentsOf } from '../../shared/errors.ts';
import { systemPath } from '../files/names.ts'; // not the folder: a decoder would load what it never uses
import { jxlDepth } from './decode/jxlDepth.ts';
import { ImageError, formatBytes, systemReason } from './errors.ts';
import { mayHoldValues } from './formats.ts';

/** A photo above this many bytes is refused: RAW files of medium-format cameras stay under 300 MB. */
const MAX_FILE_BYTES = 1024 ** 3;

// O_NONBLOCK: opening a named pipe for reading would otherwise wait for a writer for ever.
const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const NO_ACCESS_TIME: number = constants.O_NOATIME ?? 0;

/** Opens `path` for reading. O_NOATIME is granted to a file's owner alone, so a refusal is retried without it. */
export async function openForReading(path: string): Promise<FileHandle> {
  const real = systemPath(path);
  if (NO_ACCESS_TIME !== 0) {
    try {
      return await open(real, READ_FLAGS | NO_ACCESS_TIME);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    }
  }
  return await open(real, READ_FLAGS);
}

/** openForReading for synchronous readers: a file descriptor. */
export function openSyncForReading(path: string): number {
  const real = systemPath(path);
  if (NO_ACCESS_TIME !== 0) {
    try {
      return openSync(real, READ_FLAGS | NO_ACCESS_TIME);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    }
  }
  return openSync(real, READ_FLAGS);
}

/**
 * A path for libraries that open a file themselves and take only text: the file's own, or, where that is not UTF-8,
 * another that leads to it until it is released.
 */
export async function holdPlainPath(path: string): Promise<{ plain: string; release: () => Promise<void> }> {
  const real = systemPath(path);
  if (typeof real === 'string') return { plain: real, release: () => Promise.resolve() };
  const handle = await openForReading(path);
  return { plain: `/proc/self/fd/${handle.fd}`, release: () => handle.close() }; // such names are Linux's
}

/**
 * Whether a file may hold measured values, a mask or nothing to be seen: by its name, and for a PNG or a JPEG XL by its
 * header, for plain colours of 8 bits are a photo's.
 */
export async function holdsValues(path: string): Promise<boolean> {
  if (!mayHoldValues(path)) return false;
  const [, extension] = /\.(png|jxl)$/i.exec(path) ?? [];
  if (extension === undefined) return true;
  try {
    const handle = await openForReading(path);
    try {
      const buffer = Buffer.alloc(HEAD);
      const { bytesRead } = await handle.read(buffer, 0, HEAD, 0);
      const head = buffer.subarray(0, bytesRead);
      if (extension.toLowerCase() === 'jxl') return (jxlDepth(head) ?? 0) > 8;
      return bytesRead >= 26 && (head[24] === 16 || head[25] !== PLAIN_COLOURS);
    } finally {
      await handle.close();
    }
  } catch {
    return false; // decoding it will say why
  }
}

/** Bytes in which a JPEG XL tells of its samples, behind the boxes that come first. */
const HEAD = 4096;
/** The kind of a PNG of red, green and blue. */
const PLAIN_COLOURS = 2;

export interface FileContent {
  bytes: Buffer;
  /** The modification time in ms, of the very file that was read. */
  modified: number;
}

/**
 * The whole file, at once: whoever decodes has nothing else to do meanwhile, and four trips to another thread cost as much as
 * decoding a small photo takes in part. Throws ImageError for what is not a regular, readable, non-empty file of at
 * most 1 GiB.
 */
export function readImageFile(path: string): FileContent {
  let file: number | undefined;
  try {
    file = openSyncForReading(path);
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new ImageError(path, specialFile(stat));
    if (stat.size === 0) throw new ImageError(path, 'empty');
    if (stat.size > MAX_FILE_BYTES) {
      const values = { bytes: formatBytes(stat.size), most: formatBytes(MAX_FILE_BYTES) };
      throw new ImageError(path, 'too-large.file', values);
    }
    const bytes = Buffer.allocUnsafeSlow(stat.size);
    let filled = 0;
    while (filled < bytes.length) {
      const read = readSync(file, bytes, filled, bytes.length - filled, filled);
      if (read === 0) break; // it shrank under us: the decoder will call it truncated
      filled += read;
    }
    return { bytes: bytes.subarray(0, filled), modified: stat.mtimeMs };
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError(path, ...argumentsOf(systemReason(error)));
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The key of the reason why what is no regular file is not read: a folder, a pipe, a socket or a device. */
export function specialFile(stat: {
  isDirectory(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isBlockDevice(): boolean;
  isCharacterDevice(): boolean;
}) {
  if (stat.isDirectory()) return 'not-a-file.folder';
  if (stat.isFIFO()) return 'not-a-file.pipe';
  if (stat.isSocket()) return 'not-a-file.socket';
  if (stat.isBlockDevice() || stat.isCharacterDevice()) return 'not-a-file.device';
  return 'not-a-file.special';
}
