/** The map by UMAP of an embedding, kept beside it: minutes for a million photos, so it is not made by itself. */
import { readFile, rm } from 'node:fs/promises';
import { readArrays, writeArrays } from '../../files/index.ts';

/** @param source checksum of the vectors that it was made from */
const kindOf = (source: string) => ({ kind: 'umap', version: 1, source });

/** @param positions [n, 2]. @throws FileError write-failed */
export const writeUmap = (file: string, source: string, positions: Float32Array): Promise<void> =>
  writeArrays(file, kindOf(source), [positions]);

/**
 * The positions, [n, 2]; null where there are none that serve. What is damaged, or of other vectors, is removed, so that
 * it can be made again. Versions up to 0.1.0 wrote the numbers alone.
 */
export async function readUmap(file: string, source: string, n: number): Promise<Float32Array | null> {
  const [kept] = (await readArrays(file, kindOf(source))) ?? [];
  if (kept instanceof Float32Array && kept.length === 2 * n) return kept;
  const bytes = await readFile(file).catch(() => null);
  if (bytes?.length === 8 * n) {
    const positions = new Float32Array(new Uint8Array(bytes).buffer);
    if (positions.every(Number.isFinite)) return positions;
  }
  if (bytes) await rm(file, { force: true }).catch(() => {});
  return null;
}
