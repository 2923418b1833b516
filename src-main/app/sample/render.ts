/**
 * Writes the sample set: a small labelled collection rendered by us, to try things on. One folder a class, the
 * same bytes on every machine with the same sharp.
 */
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { KeyedError } from '../../../shared/errors.ts';
import { moveInto } from '../../files/index.ts';
import { motifs } from './motifs.ts';
import { sampleScene } from './scene.ts';

const SAMPLE_CLASSES = Object.keys(motifs);
const SAMPLE_PHOTOS_PER_CLASS = 150;

/** The folder to fill already holds something. */
class SampleFolderError extends KeyedError<'folder-not-empty.sample'> {
  override readonly name = 'SampleFolderError';
}

export interface SampleOptions {
  photosPerClass?: number;
  signal?: AbortSignal;
  onProgress?(done: number, total: number): void;
}

/**
 * Renders the sample photos into `folder/<class>/<index>.jpg`. The folder appears whole or not at all.
 * @returns the number of photos.
 * @throws SampleFolderError when the folder holds anything already.
 */
export async function renderSampleSet(folder: string, options: SampleOptions = {}): Promise<number> {
  const perClass = options.photosPerClass ?? SAMPLE_PHOTOS_PER_CLASS;
  if (
    await stat(folder).then(
      (s) => s.isDirectory(),
      () => false,
    )
  ) {
    if ((await readdir(folder)).length > 0) throw new SampleFolderError('folder-not-empty.sample', { folder });
    await rm(folder, { recursive: true });
  }
  const partial = `${folder}.partial-${process.pid}`;
  await mkdir(dirname(folder), { recursive: true });
  const total = perClass * SAMPLE_CLASSES.length;
  let done = 0;
  try {
    for (const name of SAMPLE_CLASSES) {
      await mkdir(join(partial, name), { recursive: true });
      const photos = Array.from({ length: perClass }, (_, i) => i);
      // sharp renders off this thread: a few at a time keep its pool busy without holding every photo in memory.
      for (let at = 0; at < perClass; at += 8) {
        options.signal?.throwIfAborted();
        await Promise.all(
          photos.slice(at, at + 8).map(async (index) => {
            const jpeg = await sharp(Buffer.from(sampleScene(name, index)))
              .jpeg({ quality: 90 })
              .toBuffer();
            await writeFile(join(partial, name, `${String(index).padStart(3, '0')}.jpg`), jpeg);
          }),
        );
        done += Math.min(8, perClass - at);
        options.onProgress?.(done, total);
      }
    }
    await moveInto(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
  return total;
}
