/**
 * Decodes photos in processes of their own, so that a hostile file can neither hang nor crash the program: what is asked
 * of them. Workers start when they are first needed. Leaves who does what when to workers.ts.
 */
import type { KeptAs } from '../../../shared/cachePlan.ts';
import { inputShape } from '../../../shared/input.ts';
import type { DecodedImage } from '../decode/decode.ts';
import type { MeasuredFile } from '../decode/measure.ts';
import type { Description } from '../describe.ts';
import { normalizer } from '../normalize.ts';
import type { PixelRule } from '../rule.ts';
import type { FileIdentity } from './identify.ts';
import type { DividedFile, ImageJob, JobResult, PreparedImage, ProbedImage } from './jobs.ts';
import type { ImageSource } from './source.ts';
import { Workers } from './workers.ts';
import type { ImagePoolOptions } from './workers.ts';

export { ImagePoolError } from './workers.ts';

/** The bytes at an even offset, as 16-bit values need it; bytes from another process may begin anywhere. */
const aligned = (bytes: Uint8Array): Uint8Array => (bytes.byteOffset % 2 === 0 ? bytes : bytes.slice());

export class ImagePool {
  readonly #workers: Workers;

  constructor(options: ImagePoolOptions = {}) {
    this.#workers = new Workers(options);
  }

  /** Starts a worker before there is a photo for it, where none runs: the first photo need not wait for its start then. */
  wake(): void {
    this.#workers.wake();
  }

  get workers(): number {
    return this.#workers.count;
  }

  /** Training copy (as what `kept` says), evaluation image and facts of one photo, for the cache. */
  prepare(
    source: ImageSource,
    imageSize: number,
    trainingSide: number,
    signal?: AbortSignal,
    rule?: PixelRule,
    kept?: KeptAs,
  ): Promise<PreparedImage> {
    return this.run({ kind: 'prepare', source, imageSize, trainingSide, rule, kept }, signal);
  }

  /** Size, format, hashes and WebP thumbnail (longest side at most `thumbnailSize`) of one photo, in one decode. */
  probe(source: ImageSource, thumbnailSize = 256, signal?: AbortSignal, rule?: PixelRule): Promise<ProbedImage> {
    return this.run({ kind: 'probe', source, thumbnailSize, rule }, signal);
  }

  /** Which file it is, by the hash of its bytes, without decoding it. */
  identify(path: string, signal?: AbortSignal): Promise<FileIdentity> {
    return this.run({ kind: 'identify', source: path }, signal);
  }

  /** Rating and keywords that other programs wrote into the file or beside it. */
  describe(path: string, signal?: AbortSignal): Promise<Description> {
    return this.run({ kind: 'describe', source: path }, signal);
  }

  /** The photos that a file is divided into by its rule. */
  divide(path: string, signal?: AbortSignal, rule?: PixelRule): Promise<DividedFile> {
    return this.run({ kind: 'divide', source: path, rule }, signal);
  }

  /** Some of a file's values, where it holds measured ones; null for a photo. */
  measure(source: ImageSource, signal?: AbortSignal, rule?: PixelRule): Promise<MeasuredFile | null> {
    return this.run({ kind: 'measure', source, rule }, signal);
  }

  /** Upright sRGB pixels of one photo. */
  decode(source: ImageSource, signal?: AbortSignal, rule?: PixelRule): Promise<DecodedImage> {
    return this.run({ kind: 'decode', source, rule }, signal);
  }

  /** The normalised evaluation image of any one image, as the encoder takes it. */
  async query(source: ImageSource, imageSize: number, signal?: AbortSignal, rule?: PixelRule): Promise<Float32Array> {
    const bytes = await this.run({ kind: 'query', source, imageSize, rule }, signal);
    const pixels = imageSize * imageSize;
    const out = new Float32Array(inputShape(rule).channels * pixels); // [channels, imageSize, imageSize]
    normalizer(rule)(aligned(bytes), pixels, out, 0);
    return out;
  }

  /** Runs a job. Rejects with ImageError where the file is at fault, and with the signal's reason when it is aborted. */
  run<J extends ImageJob>(job: J, signal?: AbortSignal): Promise<JobResult<J>> {
    return this.#workers.run(job, signal);
  }

  /** Ends the workers; jobs that are not done reject. */
  close(): Promise<void> {
    return this.#workers.close();
  }
}
