/** Which file it is, by its bytes. */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { argumentsOf } from '../../../shared/errors.ts';
import { ImageError, systemReason } from '../errors.ts';
import { openForReading, specialFile } from '../read.ts';

/** Which file it was that was read: its size and modification time (ms), and a hash of its bytes. */
export interface FileIdentity {
  bytes: number;
  modified: number;
  /** 32 hexadecimal digits. */
  content: string;
}

/** What work on a file answers. @throws ImageError, also for what the system says of the file */
export async function ofFile<T>(path: string, work: (path: string) => Promise<T>): Promise<T> {
  try {
    return await work(path);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError(path, ...argumentsOf(systemReason(error)));
  }
}

/** Half of a SHA-256: two contents with one hash are not met by chance. A piece at a time, however large the file. */
export async function identify(path: string): Promise<FileIdentity> {
  const handle = await openForReading(path);
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new ImageError(path, specialFile(found));
    const hash = createHash('sha256');
    const piece = Buffer.allocUnsafe(1 << 20);
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await handle.read(piece, 0, piece.length, bytes);
      if (bytesRead === 0) break;
      hash.update(piece.subarray(0, bytesRead));
      bytes += bytesRead;
    }
    return { bytes, modified: found.mtimeMs, content: hash.digest('hex').slice(0, 32) };
  } finally {
    await handle.close();
  }
}
