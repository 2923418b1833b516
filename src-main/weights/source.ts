/** Parts of a file, read as they are asked for: weights of gigabytes are looked at without being held. */
import type { FileHandle } from 'node:fs/promises';
import { reason } from '../../shared/reason.ts';
import { answered, openGiven } from '../files/index.ts';
import { WeightsFileError } from './errors.ts';

export interface Source {
  path: string;
  /** Bytes of the file. */
  size: number;
  /** Exactly `count` bytes from `at`, a copy of the caller's own. @throws WeightsFileError where the file is shorter */
  read(at: number, count: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/** So many bytes a read, each of which has to be answered. */
const PIECE = 16 << 20;

/** @throws FileError, or the system's error where it cannot be opened */
export async function openSource(path: string): Promise<Source> {
  const file: FileHandle = await openGiven(path);
  const { size } = await file.stat();
  return {
    path,
    size,
    async read(at, count) {
      const short = () => new WeightsFileError(reason('bad-file.cut', { begin: at, end: at + count, bytes: size }));
      if (at < 0 || count < 0 || at + count > size) throw short();
      const bytes = new Uint8Array(count);
      for (let filled = 0; filled < count;) {
        const { bytesRead } = await answered(path, () =>
          file.read(bytes, filled, Math.min(PIECE, count - filled), at + filled),
        );
        if (bytesRead === 0) throw short(); // it shrank meanwhile
        filled += bytesRead;
      }
      return bytes;
    },
    close: () => file.close(),
  };
}
