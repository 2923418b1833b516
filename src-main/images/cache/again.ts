/**
 * Training copies that a cache does not keep as pixels: decoded from WebP, or again from the photo, in whatever thread
 * asks. Either way a photo comes out the same each time, or not at all.
 */
import type { KeptAs } from '../../../shared/cachePlan.ts';
import type { Reason } from '../../../shared/contract/wire.ts';
import { inputShape } from '../../../shared/input.ts';
import { reason } from '../../../shared/reason.ts';
import { crcAfter } from '../../files/index.ts';
import { imageOf } from '../bands.ts';
import type { BandImage } from '../bands.ts';
import { ImageError } from '../errors.ts';
import type { PreparedImage } from '../pool/jobs.ts';
import { ImagePool } from '../pool/pool.ts';
import { sourceOf } from '../pool/source.ts';
import type { RgbImage } from '../resize.ts';
import type { PixelRule } from '../rule.ts';
import { CacheReadError } from './readError.ts';
import { keyOf } from './survey.ts';
import { decodeCopy } from './webp.ts';

/** A photo of which nothing is kept: its file, and the key of the state that is meant. */
export interface Unkept {
  path: string;
  part?: string | undefined;
  key: string;
}

export interface CopySettings {
  kept: KeptAs;
  imageSize: number;
  trainingSide: number;
  rule: PixelRule;
}

export class CopyDecoder {
  readonly #settings: CopySettings;
  #pool: ImagePool | null = null;

  constructor(settings: CopySettings) {
    this.#settings = settings;
  }

  /**
   * The training copy of a photo, decoded from its file.
   * @param crc CRC-32 of the copy as it was when the cache was built
   * @throws CacheReadError where the photo is gone or another
   */
  async again({ path, part, key }: Unkept, crc: number): Promise<RgbImage | BandImage> {
    const { kept, imageSize, trainingSide, rule } = this.#settings;
    this.#pool ??= new ImagePool({ workers: 1 });
    let image: PreparedImage;
    try {
      image = await this.#pool.prepare(sourceOf(path, part), imageSize, trainingSide, undefined, rule, kept);
    } catch (error) {
      if (error instanceof ImageError) throw gone(path, { key: error.key, values: error.values });
      throw error;
    }
    const { training, bytes, modified } = image;
    if (keyOf({ path, part }, bytes, modified, rule) !== key || crcAfter(0, training.data) !== crc)
      throw gone(path, reason('cache-read.changed'));
    if (image.kept === 'webp') return await decodeCopy(training.data);
    // what comes from another process may begin anywhere, and 16-bit values at an even byte alone
    const data = training.data.byteOffset % 2 === 0 ? training.data : training.data.slice();
    return imageOf(data, training.width, training.height, inputShape(rule));
  }

  close(): void {
    void this.#pool?.close();
    this.#pool = null;
  }
}

const gone = (photo: string, why: Reason): CacheReadError =>
  new CacheReadError('cache-read.unkept', { photo, reason: why as never });
