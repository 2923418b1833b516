/**
 * The size of a photo by the first bytes of its file, where these say it by themselves: a plan that waits for nothing else
 * need not start a decoder.
 */
import { openForReading } from './read.ts';
import { plainJpegSize } from './decode/jpegHeader.ts';

/** More than the headers of a plain JPEG. */
const HEAD_BYTES = 65_536;

/** Null for what only a decoder can tell, what cannot be read included. */
export async function sizeAtOnce(path: string): Promise<{ width: number; height: number } | null> {
  const file = await openForReading(path).catch(() => null);
  if (!file) return null;
  try {
    if (!(await file.stat()).isFile()) return null;
    const head = new Uint8Array(HEAD_BYTES);
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
    return plainJpegSize(head.subarray(0, bytesRead));
  } catch {
    return null;
  } finally {
    await file.close();
  }
}
