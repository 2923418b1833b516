/**
 * Reads the cache: training copies for augmentation, evaluation images for the encoder. One build's selection over
 * packs; opened again in any thread from its descriptor. Pixels are read by position from the packs on each call: the
 * system's page cache holds what is used often, and no thread needs a copy of its own. Leaves writing to build.ts.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { KeyedError } from '../../../shared/errors.ts';
import type { ImageFacts } from '../pool/jobs.ts';
import { normalizeInto } from '../normalize.ts';
import type { RgbImage } from '../resize.ts';

/** Everything needed to open the cache in another thread or process; survives structured cloning. */
export interface ImageCacheDescriptor {
  imageSize: number;
  trainingSide: number;
  /** Paths of the data files. */
  packs: string[];
  ids: string[]; // [n]
  pack: Uint16Array; // [n]
  offset: Float64Array; // [n]
  trainingWidth: Uint32Array; // [n]
  trainingHeight: Uint32Array; // [n]
  facts: ImageFacts[]; // [n]
}

/** A pack that was there when the cache was built cannot be read any more. */
export class CacheReadError extends KeyedError<'cache-read.file'> {
  override readonly name = 'CacheReadError';
  constructor(pack: string, cause: unknown) {
    super('cache-read.file', { file: pack, detail: String((cause as Error)?.message ?? cause) }, undefined, { cause });
  }
}

export class ImageCache {
  readonly descriptor: ImageCacheDescriptor;
  readonly #files: (number | undefined)[] = [];
  readonly #indexById: Map<string, number>;

  static open(descriptor: ImageCacheDescriptor): ImageCache {
    return new ImageCache(descriptor);
  }

  private constructor(descriptor: ImageCacheDescriptor) {
    this.descriptor = descriptor;
    this.#indexById = new Map(descriptor.ids.map((id, index) => [id, index]));
  }

  /** The photos that could be decoded, in the order they were asked for. */
  get ids(): readonly string[] {
    return this.descriptor.ids;
  }

  get length(): number {
    return this.descriptor.ids.length;
  }

  get imageSize(): number {
    return this.descriptor.imageSize;
  }

  /** Where the photo stands in `ids`. Throws for an id that is not there. */
  indexOf(id: string): number {
    const index = this.#indexById.get(id);
    if (index === undefined) throw new Error(`the image cache holds no photo with the id ${id}`);
    return index;
  }

  has(id: string): boolean {
    return this.#indexById.has(id);
  }

  /** Size, format, orientation and perceptual hash of the original. */
  facts(id: string): ImageFacts {
    return this.descriptor.facts[this.indexOf(id)]!;
  }

  /** Size of the training copy, without reading it. */
  trainingSize(index: number): { width: number; height: number } {
    return { width: this.descriptor.trainingWidth[index]!, height: this.descriptor.trainingHeight[index]! };
  }

  /** The copy that augmentation crops from, [height, width, 3]; `into` (large enough) saves the allocation. */
  trainingImage(index: number, into?: Uint8Array): RgbImage {
    const { width, height } = this.trainingSize(index);
    const length = 3 * width * height;
    const data = into ? into.subarray(0, length) : new Uint8Array(length);
    this.#read(index, this.#evaluationBytesLength, data);
    return { width, height, data };
  }

  /** The evaluation image, uint8 [imageSize, imageSize, 3]. */
  evaluationBytes(id: string): Uint8Array {
    const data = new Uint8Array(this.#evaluationBytesLength);
    this.#read(this.indexOf(id), 0, data);
    return data;
  }

  /** Evaluation images, normalised: [ids.length, 3, imageSize, imageSize]. */
  evaluation(ids: readonly string[]): Float32Array {
    const pixels = this.imageSize * this.imageSize;
    const out = new Float32Array(ids.length * 3 * pixels);
    const rgb = new Uint8Array(3 * pixels);
    ids.forEach((id, i) => {
      this.#read(this.indexOf(id), 0, rgb);
      normalizeInto(rgb, pixels, out, i * 3 * pixels);
    });
    return out;
  }

  /** One evaluation image as a person sees it: [imageSize, imageSize, 3]. */
  picture(id: string): Uint8Array {
    const rgb = new Uint8Array(3 * this.imageSize * this.imageSize);
    this.#read(this.indexOf(id), 0, rgb);
    return rgb;
  }

  /** The same photos under fewer ids, for a probe set or a held-out split. Throws for an id that is not there. */
  subset(ids: readonly string[]): ImageCache {
    const from = this.descriptor;
    const indices = ids.map((id) => this.indexOf(id));
    return new ImageCache({
      ...from,
      ids: [...ids],
      pack: Uint16Array.from(indices, (i) => from.pack[i]!),
      offset: Float64Array.from(indices, (i) => from.offset[i]!),
      trainingWidth: Uint32Array.from(indices, (i) => from.trainingWidth[i]!),
      trainingHeight: Uint32Array.from(indices, (i) => from.trainingHeight[i]!),
      facts: indices.map((i) => from.facts[i]!),
    });
  }

  close(): void {
    for (const file of this.#files.splice(0)) if (file !== undefined) closeSync(file);
  }

  get #evaluationBytesLength(): number {
    return 3 * this.imageSize * this.imageSize;
  }

  #read(index: number, skip: number, into: Uint8Array): void {
    const pack = this.descriptor.pack[index];
    if (pack === undefined)
      throw new RangeError(`the image cache holds ${this.length} photos, asked for number ${index}`);
    const path = this.descriptor.packs[pack]!;
    try {
      const file = (this.#files[pack] ??= openSync(path, 'r'));
      const start = this.descriptor.offset[index]! + skip;
      for (let at = 0; at < into.length;) {
        const count = readSync(file, into, at, into.length - at, start + at);
        if (count === 0) throw new Error('it ends early');
        at += count;
      }
    } catch (error) {
      throw new CacheReadError(path, error);
    }
  }
}
