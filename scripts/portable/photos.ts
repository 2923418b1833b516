/**
 * The part that renders small photos by scripts/starting and puts them into a cache as the program keeps it, where
 * nothing has to be decoded. The files that a job names are empty.
 */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { trainingSize } from '../../shared/cachePlan.ts';
import type { JobImage } from '../../shared/contract/job.ts';
import { packFolder } from '../../src-main/images/cache/pack.ts';
import { PackWriter } from '../../src-main/images/cache/packWriter.ts';
import { planCache } from '../../src-main/images/cache/plan.ts';
import { keyOf } from '../../src-main/images/cache/survey.ts';
import type { PreparedImage } from '../../src-main/images/pool/jobs.ts';
import { evaluationImage, resizeBilinear } from '../../src-main/images/resize.ts';
import type { RgbImage } from '../../src-main/images/resize.ts';
import { defaultRule } from '../../src-main/images/rule.ts';
import { SIDE } from '../starting/scene.ts';
import type { Drawn, DrawWork } from './drawThread.ts';
import type { Settings } from './parts.ts';
import { photosOf } from './sizes.ts';
import { programAt } from '../../src-main/files/program.ts';

/** Pictures that a thread is asked for at a time. */
const PORTION = 50;

/** Share of the part's time that is rendered. */
const RENDERING = 0.75;

const list = (work: string): string => join(work, 'photos.json');
/** Where the copies are kept that trainings are fed from. */
export const cacheOf = (work: string): string => join(work, 'cache');

/** The photos that were rendered. @throws Error where none were */
export function renderedPhotos({ work }: Settings): JobImage[] {
  try {
    return JSON.parse(readFileSync(list(work), 'utf8')) as JobImage[];
  } catch {
    throw new Error('there are no photos: the part "photos" made none');
  }
}

/** Puts photos into the cache of `directory` as training at `imageSize` finds them. */
export class RawCache {
  readonly #writer: PackWriter;
  readonly #imageSize: number;
  readonly #side: number;

  /** `photos`: those that a training will name, whose sizes the size of the copies follows from. */
  constructor(directory: string, imageSize: number, photos: readonly { width: number; height: number }[]) {
    this.#imageSize = imageSize;
    this.#side = planCache(photos, imageSize, Infinity).trainingSide;
    this.#writer = new PackWriter(packFolder(directory, imageSize, this.#side));
  }

  /** The copies of a picture that is whole and of any size, as a decoder would make them. */
  copies(picture: RgbImage): Omit<PreparedImage, 'bytes' | 'modified'> {
    const { width, height } = trainingSize(picture, this.#side);
    return {
      width: picture.width,
      height: picture.height,
      format: 'png',
      orientation: 1,
      hash: '0'.repeat(16),
      training: { width, height, data: resizeBilinear(picture, width, height) },
      evaluation: evaluationImage(picture, this.#imageSize),
    };
  }

  add(path: string, copies: ReturnType<RawCache['copies']>): void {
    const { size: bytes, mtimeMs: modified } = statSync(path);
    this.#writer.add(keyOf({ path }, bytes, modified, defaultRule), { ...copies, bytes, modified });
  }

  close(): void {
    this.#writer.close();
  }
}

/** A file that is only there, so that a photo has a name, a size and a time. */
export function emptyFile(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, '');
  return path;
}

/** The picture `instance` of each subject, as threads hand them over. */
async function* drawn(subjects: number, each: number): AsyncGenerator<Drawn> {
  const portions: DrawWork[] = [];
  for (let at = 0; at < subjects * each; at += PORTION)
    portions.push({ from: at, to: Math.min(subjects * each, at + PORTION), each });
  const ready: (Drawn | Error)[] = [];
  let wake = () => {};
  const threads = Array.from({ length: Math.min(availableParallelism(), portions.length) }, () => {
    const thread = new Worker(programAt('./drawThread', import.meta.url));
    const next = (): void => {
      const portion = portions.shift();
      if (portion) thread.postMessage(portion);
    };
    thread.on('message', (message: Drawn) => (ready.push(message), next(), wake()));
    thread.on('error', (error) => (ready.push(error as Error), wake()));
    next();
    return thread;
  });
  try {
    for (let left = Math.ceil((subjects * each) / PORTION); left > 0; left--) {
      while (ready.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const first = ready.shift()!;
      if (first instanceof Error) throw first;
      yield first;
    }
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

export async function photos(settings: Settings, found: (result: unknown) => void): Promise<void> {
  const { subjects, each } = photosOf(settings);
  const count = subjects * each;
  const folder = join(settings.work, 'photos');
  const size = { width: SIDE, height: SIDE };
  const cache = new RawCache(cacheOf(settings.work), 32, [size]);
  const images: JobImage[] = [];
  const began = performance.now();
  for await (const { from, pictures } of drawn(subjects, each)) {
    for (const [i, data] of pictures.entries()) {
      const [subject, instance] = [Math.floor((from + i) / each), (from + i) % each];
      const file = `${subject}-${instance}.png`;
      const path = emptyFile(folder, file);
      cache.add(path, cache.copies({ ...size, data }));
      const { size: bytes, mtimeMs: modified } = statSync(path);
      images.push({ id: file, path, file, bytes, modified, label: `${subject}`, heldOut: false, ...size });
    }
    found({ photos: images.length, of: count });
    if ((performance.now() - began) / 1000 > RENDERING * settings.seconds) break; // fewer are better than none
  }
  cache.close();
  images.sort((a, b) => (a.id < b.id ? -1 : 1));
  writeFileSync(list(settings.work), JSON.stringify(images));
}
