/**
 * The values of a TIFF's bands by geotiff (MIT): every sample type, packed bits, strips and tiles, planar and chunky,
 * the compressions of tiffCodecs.ts. Leaves which page and bands are wanted to tiffDecode.ts.
 */
import { statSync } from 'node:fs';
import type { GeoTIFF } from 'geotiff';
import { formatBytes, ImageError } from '../errors.ts';
import { COMPRESSIONS, READ_COMPRESSIONS } from './tiffCompressions.ts';
import type { TiffPage } from './tiffPages.ts';
import type { DecodeLimits } from './types.ts';
import type { Rect } from '../../../shared/parts.ts';
import { assertPixels } from './vips.ts';
import type { Values } from './samples.ts';

/**
 * Most bytes of a piece that has to be unpacked whole, with all its bands; the bands that were asked for take memory
 * besides.
 */
const MOST_PIECE_BYTES = 1.5e9;

export class TiffValues {
  readonly #file: string;
  readonly #source: Buffer | string;
  readonly #limits: DecodeLimits;
  #tiff: Promise<GeoTIFF> | undefined;

  /** `source`: the file's bytes, or a path to it, of which then only what is asked for is read. */
  constructor(file: string, source: Buffer | string, limits: DecodeLimits) {
    this.#file = file;
    this.#source = source;
    this.#limits = limits;
  }

  /** The bands of a page or of a window of it, [height, width] each. Throws ImageError. */
  async read(page: TiffPage, bands: readonly number[], window?: Rect): Promise<Values[]> {
    const { compression, bits, format } = page;
    const { width, height } = window ?? page;
    assertPixels(this.#file, width, height, this.#limits);
    if (!READ_COMPRESSIONS.has(compression)) {
      const name = COMPRESSIONS[compression] ?? `compression ${compression}`;
      throw new ImageError(this.#file, 'unsupported.tiff-compression', { name });
    }
    if (format === 'other' || (bits > 32 && !(format === 'float' && bits === 64)))
      throw new ImageError(this.#file, 'unsupported.tiff-samples', { bits });
    // of a window of rows several strips are unpacked at once
    const strips = window ? Math.ceil((window.height * page.width * page.samples * bits) / 8) : 0;
    const needed = Math.max(page.pieceBytes, strips) + (width * height * bands.length * bits) / 8;
    if (needed > MOST_PIECE_BYTES) {
      const values = { bands: page.samples, needed: formatBytes(needed), most: formatBytes(MOST_PIECE_BYTES) };
      throw new ImageError(this.#file, 'too-large.bands', values);
    }
    await this.#limits.beforeDecode?.(width * height * bands.length);
    try {
      const { fromArrayBuffer, fromFile } = await import('./tiffCodecs.ts');
      const source = this.#source;
      this.#tiff ??= typeof source === 'string' ? fromFile(source) : fromArrayBuffer(arrayBufferOf(source));
      const image = await (await this.#tiff).getImage(page.index);
      const place = window && [window.x, window.y, window.x + window.width, window.y + window.height];
      const rasters = await image.readRasters({
        samples: [...bands],
        interleave: false,
        ...(place && { window: place }),
      });
      return bands.map((_, i) => asValues((rasters as unknown as Values[])[i]!));
    } catch (error) {
      throw this.#worded(error);
    }
  }

  /** Lets go of the file, where it is read by its path. */
  async close(): Promise<void> {
    const tiff = await this.#tiff?.catch(() => null);
    if (typeof this.#source === 'string') await tiff?.close();
  }

  #worded(error: unknown): ImageError {
    const text = String((error as Error)?.message ?? error);
    if (
      /outside the bounds|out of bounds|out of range|start offset|invalid typed array length|unexpected end/i.test(text)
    )
      return new ImageError(this.#file, 'truncated.bytes', { bytes: formatBytes(lengthOf(this.#source)) });
    return new ImageError(this.#file, 'corrupt');
  }
}

const lengthOf = (source: Buffer | string) => (typeof source === 'string' ? statSync(source).size : source.length);

/** Values as a type that the rest knows: half-precision numbers come as Float16Array where the runtime has it. */
function asValues(values: Values): Values {
  return values.constructor.name === 'Float16Array' ? Float32Array.from(values as Float32Array) : values;
}

const arrayBufferOf = (bytes: Buffer): ArrayBuffer =>
  (bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength
    ? bytes.buffer
    : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)) as ArrayBuffer;
