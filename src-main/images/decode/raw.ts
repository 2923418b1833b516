/**
 * RAW photos (CR2, CR3, NEF, ARW, DNG, ORF, RW2, RAF, PEF) by the JPEG preview their cameras embed, turned by the RAW's
 * orientation. The preview is what the camera shows on its back; developing the sensor's data is left to raw developers.
 *
 * The makers keep previews in different places, some in undocumented maker notes. Nearly all are plain JPEG streams, so
 * they are found by their signature, and the largest one that is an image is taken.
 */
import { ImageError } from '../errors.ts';
import { TAG, readTiff, tiffOrientation } from './tiff.ts';
import type { TiffDirectory } from './tiff.ts';

const COLOR_FILTER_ARRAY = 32803;
const LINEAR_RAW = 34892;

/** Whether a file with TIFF's signature is a RAW photo rather than a picture. */
export function isRawTiff(directories: readonly TiffDirectory[]): boolean {
  return directories.some(({ tags }) => {
    const photometric = tags.get(TAG.photometric)?.[0];
    return tags.has(TAG.dngVersion) || photometric === COLOR_FILTER_ARRAY || photometric === LINEAR_RAW;
  });
}

export interface EmbeddedJpeg {
  offset: number;
  width: number;
  height: number;
}

/**
 * The JPEG images inside `bytes`, the largest first. Lossless JPEG, which holds the sensor's data, is none of them, and
 * neither is a tile of it in a lossy DNG.
 */
function embeddedJpegs(bytes: Buffer): EmbeddedJpeg[] {
  const found: EmbeddedJpeg[] = [];
  const tiles = sensorTiles(bytes);
  const signature = Buffer.from([0xff, 0xd8, 0xff]);
  for (let at = bytes.indexOf(signature); at >= 0; at = bytes.indexOf(signature, at + 3)) {
    const size = jpegSize(bytes, at);
    if (size && !tiles.offsets.has(at) && !tiles.sizes.has(`${size.width}x${size.height}`))
      found.push({ offset: at, ...size });
  }
  return found.sort((a, b) => b.width * b.height - a.width * a.height || a.offset - b.offset);
}

/** Where the sensor's data lie (offsets of strips and tiles), or how large these are. */
function sensorTiles(bytes: Buffer): { offsets: Set<number>; sizes: Set<string> } {
  const offsets = new Set<number>();
  const sizes = new Set<string>();
  for (const { tags } of rawDirectories(bytes)) {
    const photometric = tags.get(TAG.photometric)?.[0];
    const tile = tags.get(TAG.tileWidth)?.[0];
    if (photometric !== COLOR_FILTER_ARRAY && photometric !== LINEAR_RAW) continue;
    for (const tag of [TAG.tileOffsets, TAG.stripOffsets]) for (const at of tags.get(tag) ?? []) offsets.add(at);
    // of too many tiles only their size is known, which a preview may share
    if (tile !== undefined && !tags.has(TAG.tileOffsets)) sizes.add(`${tile}x${tags.get(TAG.tileHeight)?.[0]}`);
  }
  return { offsets, sizes };
}

/** Width and height from the frame header of a baseline or progressive JPEG that begins at `start`, or null. */
function jpegSize(bytes: Buffer, start: number): { width: number; height: number } | null {
  let at = start + 2;
  for (let segments = 0; segments < 100 && at + 9 < bytes.length && bytes[at] === 0xff; segments++) {
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++; // fill byte
      continue;
    }
    if (marker === 0xc0 || marker === 0xc1 || marker === 0xc2) {
      const height = bytes.readUInt16BE(at + 5);
      const width = bytes.readUInt16BE(at + 7);
      return bytes[at + 4] === 8 && width > 0 && height > 0 ? { width, height } : null;
    }
    if (marker < 0xc0 || marker === 0xd9 || marker === 0xda || marker === 0xc3) return null;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

/** Fewest pixels of a preview: below this the file holds a thumbnail only, too small to stand for the photo. */
const SMALLEST_PREVIEW = 160 * 120;

/** How a RAW is seen: its preview, and the RAW's orientation where it states one (null: the preview's own holds). */
export interface RawPreview {
  preview: Buffer;
  orientation: number | null;
  /** Where the preview is no JPEG but a page of the file itself, which page. */
  page?: { page: number; subifd?: number };
}

/** The largest embedded preview. Throws ImageError. */
export function rawPreview(file: string, bytes: Buffer): RawPreview {
  const [best] = embeddedJpegs(bytes);
  const directories = rawDirectories(bytes);
  const orientation = tiffOrientation(directories);
  const areaOf = (found: { width: number; height: number } | undefined) => (found ? found.width * found.height : 0);
  // libvips opens none of the formats with a signature of their own
  const plain = /^(II\*\0|MM\0\*)/.test(bytes.toString('latin1', 0, 4)) ? plainPreview(directories) : undefined;
  const area = Math.max(areaOf(best), areaOf(plain));
  if (area < SMALLEST_PREVIEW) throw new ImageError(file, 'unsupported.raw');
  if (plain && areaOf(plain) > areaOf(best)) return { preview: bytes, orientation, page: plain.page };
  return { preview: bytes.subarray(best!.offset), orientation };
}

const RGB = 2;
/** Not packed, LZW, deflate. */
const PLAIN: ReadonlySet<number> = new Set([1, 5, 8, 32946]);

/** The largest preview that is no JPEG, as early DNG converters wrote theirs: a page of red, green and blue. */
function plainPreview(directories: readonly TiffDirectory[]) {
  const found = directories.flatMap(({ tags, page, sub }) => {
    const first = (tag: number) => tags.get(tag)?.[0];
    const bits = tags.get(TAG.bits) ?? [];
    const isPlain = first(TAG.photometric) === RGB && PLAIN.has(first(TAG.compression) ?? 1);
    if (!isPlain || bits.some((each) => each !== 8) || first(TAG.samples) !== 3) return [];
    const [width, height] = [first(TAG.width) ?? 0, first(TAG.height) ?? 0];
    if (page !== null) return [{ width, height, page: { page } }];
    return sub ? [{ width, height, page: { page: sub.page, subifd: sub.index } }] : [];
  });
  return found.sort((a, b) => b.width * b.height - a.width * a.height)[0];
}

function rawDirectories(bytes: Buffer): TiffDirectory[] {
  const byteOrder = bytes.toString('latin1', 0, 2);
  if (byteOrder === 'II' || byteOrder === 'MM') return readTiff(bytes);
  if (bytes.toString('latin1', 4, 8) === 'ftyp') {
    // CR3: the box CMT1 inside the movie header is a TIFF structure with the photo's first directory.
    const box = bytes.subarray(0, 1 << 20).indexOf('CMT1');
    return box >= 0 ? readTiff(bytes, box + 4) : [];
  }
  return []; // RAF: the preview's own EXIF has it
}
