/**
 * Writes the sample set: a small labelled collection rendered by us, to try things on. One folder a class, the
 * same bytes on every machine with the same sharp; as the build rendered them where it did (pack.ts).
 */
import { writeFileSync } from 'node:fs';
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { KeyedError } from '../../../shared/errors.ts';
import { isAlive, makeFolder, moveInto } from '../../files/index.ts';
import { motifs } from './motifs.ts';
import { builtPack, readPack } from './pack.ts';
import type { PackedPhoto } from './pack.ts';
import { sampleScene } from './scene.ts';

const SAMPLE_CLASSES = Object.keys(motifs);
const SAMPLE_PHOTOS_PER_CLASS = 150;

/** The folder to fill already holds something. */
class SampleFolderError extends KeyedError<'folder-not-empty.sample'> {
  override readonly name = 'SampleFolderError';
}

export interface SampleOptions {
  photosPerClass?: number;
  /** Path of a pack with rendered photos; default the build's. */
  pack?: string;
  signal?: AbortSignal;
}

/** Photos handled at a time: rendered beside each other, or written in a millisecond or two. */
const TOGETHER = { rendered: 8, written: 40 };

async function holdsFiles(folder: string): Promise<boolean> {
  const isFolder = (await stat(folder).catch(() => null))?.isDirectory() ?? false;
  return isFolder && (await readdir(folder)).length > 0;
}

/**
 * Writes the sample photos into `folder/<class>/<index>.jpg`. The folder appears whole or not at all.
 * @returns the number of photos.
 * @throws SampleFolderError when the folder holds anything already.
 */
export async function renderSampleSet(folder: string, options: SampleOptions = {}): Promise<number> {
  const { photosPerClass = SAMPLE_PHOTOS_PER_CLASS, pack = builtPack, signal } = options;
  if (await holdsFiles(folder)) throw new SampleFolderError('folder-not-empty.sample', { folder });
  const partial = `${folder}.partial-${process.pid}`;
  makeFolder(dirname(folder)); // also that a place which cannot be is told before anything is rendered
  await removeLeft(folder);
  try {
    for (const name of SAMPLE_CLASSES) makeFolder(join(partial, name));
    const packed = (await readPack(pack))?.filter(({ index }) => index < photosPerClass) ?? [];
    const isWhole = packed.length === photosPerClass * SAMPLE_CLASSES.length;
    const batches = isWhole ? inBatches(packed, TOGETHER.written) : renderSample(photosPerClass);
    for await (const photos of batches) {
      signal?.throwIfAborted();
      for (const { className, index, jpeg } of photos)
        writeFileSync(join(partial, className, `${String(index).padStart(3, '0')}.jpg`), jpeg);
      await breathe();
    }
    await rmdir(folder).catch(() => {}); // an empty one; where it is none, moving says so
    await moveInto(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // another command was quicker
    if (await holdsFiles(folder)) throw new SampleFolderError('folder-not-empty.sample', { folder });
    throw error;
  }
  return photosPerClass * SAMPLE_CLASSES.length;
}

/** Takes away what earlier processes had rendered when they were killed. */
async function removeLeft(folder: string): Promise<void> {
  const start = `${basename(folder)}.partial-`;
  for (const name of await readdir(dirname(folder)).catch(() => [] as string[])) {
    const pid = name.startsWith(start) ? name.slice(start.length) : '';
    if (/^[1-9]\d*$/.test(pid) && !isAlive(Number(pid)))
      await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function* inBatches<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** The sample photos, rendered, some at a time. */
export async function* renderSample(photosPerClass = SAMPLE_PHOTOS_PER_CLASS): AsyncGenerator<readonly PackedPhoto[]> {
  const { default: sharp } = await import('sharp');
  const wanted = SAMPLE_CLASSES.flatMap((className) =>
    Array.from({ length: photosPerClass }, (_, index) => ({ className, index })),
  );
  // sharp renders off this thread: a few at a time keep its pool busy without holding every photo in memory.
  for (const some of inBatches(wanted, TOGETHER.rendered))
    yield await Promise.all(
      some.map(async ({ className, index }) => {
        const svg = Buffer.from(sampleScene(className, index));
        return { className, index, jpeg: await sharp(svg).jpeg({ quality: 90 }).toBuffer() };
      }),
    );
}
