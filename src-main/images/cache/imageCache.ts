/**
 * Reads the cache: training copies for augmentation, evaluation images for the encoder. One build's selection over
 * packs; opened again in any thread from its descriptor. Pixels are read by position from the packs on each call: the
 * system's page cache holds what is used often, and no thread needs a copy of its own. What is read is compared with its
 * checksum; a damaged entry is never given away, and can be made again from its photo (mend.ts). Leaves writing to
 * build.ts.
 */
import { closeSync, openSync, statSync } from 'node:fs';
import { InternalError } from '../../../shared/errors.ts';
// files, not the folder: every thread that reads the cache loads this, and none of them a database
import { crcAfter } from '../../files/checksum.ts';
import { fillSync } from '../../files/fill.ts';
import type { ImageFacts } from '../pool/jobs.ts';
import { inputShape } from '../../../shared/input.ts';
import type { InputShape } from '../../../shared/input.ts';
import { bandsAsRgb, imageOf, interleaved } from '../bands.ts';
import type { BandImage } from '../bands.ts';
import { normalizer } from '../normalize.ts';
import type { RgbImage } from '../resize.ts';
import type { CopyDecoder } from './again.ts';
import { DamagedEntryError, selected } from './descriptor.ts';
import type { CachePlace, Damage, ImageCacheDescriptor, Mender } from './descriptor.ts';
import { NOT_KEPT } from './pack.ts';
import { CacheReadError } from './readError.ts';

export class ImageCache {
  readonly descriptor: ImageCacheDescriptor;
  readonly #files: (number | undefined)[] = [];
  #indexById: Map<string, number> | undefined;
  #decoder: CopyDecoder | undefined;
  readonly #mender: Mender | undefined;
  readonly #shape: InputShape;
  readonly #normalize: ReturnType<typeof normalizer>;

  /**
   * Opens a cache that was built. Without a mender, as in another thread, a damaged entry is reported and stays
   * damaged.
   */
  static open(descriptor: ImageCacheDescriptor, mender?: Mender): ImageCache {
    return new ImageCache(descriptor, mender);
  }

  private constructor(descriptor: ImageCacheDescriptor, mender: Mender | undefined) {
    this.descriptor = descriptor;
    this.#mender = mender;
    this.#shape = inputShape(descriptor.input);
    this.#normalize = normalizer(descriptor.input);
  }

  /** The photos that could be decoded, in the order they were asked for. */
  get ids(): readonly string[] {
    return this.descriptor.ids;
  }

  get length(): number {
    return this.descriptor.ids.length;
  }

  /** Bytes of the packs that it reads, of other photos' entries too. */
  get bytes(): number {
    return this.descriptor.packs.reduce((sum, pack) => sum + (statSync(pack, { throwIfNoEntry: false })?.size ?? 0), 0);
  }

  get imageSize(): number {
    return this.descriptor.imageSize;
  }

  /** Where the photo stands in `ids`. Throws for an id that is not there. */
  indexOf(id: string): number {
    const index = this.#index.get(id);
    if (index === undefined) throw new Error(`the image cache holds no photo with the id ${id}`);
    return index;
  }

  has(id: string): boolean {
    return this.#index.has(id);
  }

  /** Made when it is first asked for: the view loader's threads read by index, and may be many. */
  get #index(): Map<string, number> {
    return (this.#indexById ??= new Map(this.ids.map((id, index) => [id, index])));
  }

  /** Size, format, orientation and perceptual hash of the original. */
  facts(id: string): ImageFacts {
    return this.descriptor.facts[this.indexOf(id)]!;
  }

  /** Size of the training copy, without reading it. */
  trainingSize(index: number): { width: number; height: number } {
    return { width: this.descriptor.trainingWidth[index]!, height: this.descriptor.trainingHeight[index]! };
  }

  /** Bytes of the training copy of a photo. */
  trainingBytes(index: number): number {
    const { width, height } = this.trainingSize(index);
    return this.#shape.channels * this.#shape.bytes * width * height;
  }

  /**
   * The copy that augmentation crops from, [height, width, 3], of bands [channels, height, width]; `into` (large enough)
   * saves the allocation.
   */
  trainingImage(index: number, into?: Uint8Array): RgbImage | BandImage {
    if (!this.#isPixels(index)) throw new InternalError('failed', 'this copy is not kept as pixels: use trainingCopy');
    const { width, height } = this.trainingSize(index);
    const length = this.trainingBytes(index);
    const data = into ? into.subarray(0, length) : new Uint8Array(length);
    this.#read(index, this.#evaluationBytesLength, data, this.descriptor.trainingCrc);
    return imageOf(data, width, height, this.#shape);
  }

  /**
   * As trainingImage, of a copy however it is kept: as WebP, or not at all. @throws CacheReadError where it is not kept
   * and its photo is gone or another
   */
  async trainingCopy(index: number, into?: Uint8Array): Promise<RgbImage | BandImage> {
    if (this.#isPixels(index)) return this.trainingImage(index, into);
    const { length, unkept } = this.descriptor.copies!;
    const photo = unkept[index];
    if (photo) {
      const { CopyDecoder } = await import('./again.ts');
      const { copies, imageSize, trainingSide } = this.descriptor;
      this.#decoder ??= new CopyDecoder({ ...copies!, imageSize, trainingSide });
      return await this.#decoder.again(photo, this.descriptor.trainingCrc[index]!);
    }
    const bytes = new Uint8Array(length[index]!);
    this.#read(index, 0, bytes, this.descriptor.trainingCrc);
    const { decodeCopy } = await import('./webp.ts');
    return await decodeCopy(bytes);
  }

  #isPixels(index: number): boolean {
    const { copies, offset } = this.descriptor;
    return !copies || (copies.kept === 'pixels' && offset[index] !== NOT_KEPT);
  }

  /** The evaluation image as it is looked at, uint8 [imageSize, imageSize, 3]. */
  evaluationBytes(id: string): Uint8Array {
    const data = new Uint8Array(this.#evaluationBytesLength);
    this.#readEvaluation(id, data);
    const image = imageOf(data, this.imageSize, this.imageSize, this.#shape);
    return 'channels' in image ? bandsAsRgb(image).data : data;
  }

  /** The evaluation image with all its channels as 8-bit levels, [imageSize, imageSize, channels]. */
  evaluationLevels(id: string): Uint8Array {
    if (this.#shape.colour) return this.evaluationBytes(id);
    const bytes = new Uint8Array(this.#evaluationBytesLength);
    this.#readEvaluation(id, bytes);
    return interleaved(imageOf(bytes, this.imageSize, this.imageSize, this.#shape) as BandImage);
  }

  /** Channels of the evaluation images. */
  get channels(): number {
    return this.#shape.channels;
  }

  /** Evaluation images, normalised: [ids.length, channels, imageSize, imageSize]. */
  evaluation(ids: readonly string[]): Float32Array {
    const pixels = this.imageSize * this.imageSize;
    const numbers = this.channels * pixels;
    const out = new Float32Array(ids.length * numbers);
    const bytes = new Uint8Array(this.#evaluationBytesLength);
    ids.forEach((id, i) => {
      this.#readEvaluation(id, bytes);
      this.#normalize(bytes, pixels, out, i * numbers);
    });
    return out;
  }

  /**
   * The result of `read`, which is called again each time a damaged entry that it met has been made again. @throws
   * CacheReadError where one cannot be
   */
  async healed<T>(read: () => T): Promise<T> {
    for (;;) {
      try {
        return read();
      } catch (error) {
        if (!(error instanceof DamagedEntryError) || !this.#mender) throw error;
        await this.mend(error.damage);
      }
    }
  }

  /**
   * Makes a damaged entry again; it is read from its new place from now on. @throws CacheReadError where it cannot be
   */
  async mend(damage: Damage): Promise<CachePlace> {
    const { index, pack, offset } = damage;
    const now = this.#placeOf(index);
    if (now.pack !== pack || now.offset !== offset) return now;
    if (!this.#mender) throw new DamagedEntryError(damage);
    const place = await this.#mender.mend(this.ids[index]!, now);
    this.place(index, place);
    return place;
  }

  #placeOf(index: number): CachePlace {
    const { packs, pack, offset, evaluationCrc, trainingCrc } = this.descriptor;
    return {
      pack: packs[pack[index]!]!,
      offset: offset[index]!,
      evaluationCrc: evaluationCrc[index]!,
      trainingCrc: trainingCrc[index]!,
    };
  }

  /** Reads the entry from another place from now on. */
  place(index: number, { pack, offset, evaluationCrc, trainingCrc, length = 0 }: CachePlace): void {
    const to = this.descriptor;
    if (!to.packs.includes(pack)) to.packs.push(pack);
    to.pack[index] = to.packs.indexOf(pack);
    to.offset[index] = offset;
    to.evaluationCrc[index] = evaluationCrc;
    to.trainingCrc[index] = trainingCrc;
    if (to.copies) to.copies.length[index] = length;
  }

  /**
   * A cache of only these ids, over the same packs, for a probe set or a held-out split. Throws for an id that is not
   * there.
   */
  subset(ids: readonly string[]): ImageCache {
    const indices = ids.map((id) => this.indexOf(id));
    return new ImageCache(selected(this.descriptor, indices), this.#mender);
  }

  close(): void {
    this.#mender?.close();
    this.#decoder?.close();
    for (const file of this.#files.splice(0)) if (file !== undefined) closeSync(file);
  }

  get #evaluationBytesLength(): number {
    return this.#shape.channels * this.#shape.bytes * this.imageSize * this.imageSize;
  }

  #readEvaluation(id: string, into: Uint8Array): void {
    this.#read(this.indexOf(id), 0, into, this.descriptor.evaluationCrc);
  }

  #read(index: number, skip: number, into: Uint8Array, crcs: Uint32Array): void {
    const pack = this.descriptor.pack[index];
    if (pack === undefined)
      throw new RangeError(`the image cache holds ${this.length} photos, asked for number ${index}`);
    const path = this.descriptor.packs[pack]!;
    const offset = this.descriptor.offset[index]!;
    const crc = crcs[index]!;
    if (!this.#fill(path, pack, offset + skip, into) || (crc !== 0 && crcAfter(0, into) !== crc))
      throw new DamagedEntryError({ index, pack: path, offset });
  }

  /**
   * Fills `into` from byte `start` of a pack. False where the file ends early or its disk cannot read it. @throws
   * CacheReadError where it cannot be opened
   */
  #fill(path: string, pack: number, start: number, into: Uint8Array): boolean {
    try {
      const file = (this.#files[pack] ??= openSync(path, 'r'));
      return fillSync(file, into, start);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'EIO') return false;
      throw new CacheReadError('cache-read.file', { file: path, detail: message }, undefined, { cause: error });
    }
  }
}
