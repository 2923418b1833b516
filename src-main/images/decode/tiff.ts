/**
 * Reads the tags of a TIFF structure (TIFF and BigTIFF itself, EXIF, and the RAW formats built on them), guarded
 * against hostile offsets. Leaves the pixels to libvips and to tiffSamples.ts.
 */
export interface TiffDirectory {
  /** Where it lies, in bytes from the beginning of the file. */
  at: number;
  /** Numeric tags by number; a tag that is not in TAG, or of another type, is absent. */
  tags: Map<number, number[]>;
  /** Text tags by number. */
  texts: Map<number, string>;
  /** The colour profile (ICC). */
  profile: Buffer | null;
  /** Chromaticity of white, where it is said. */
  white: [x: number, y: number] | null;
  /** Of YCbCr: the shares of red, green and blue in lightness, and which values are black and white; left out: as usual. */
  coefficients?: readonly number[] | undefined;
  levels?: readonly number[] | undefined;
  /** Where the last of its tiles end in the file, Infinity where its palette or its profile do not; left out where it has none. */
  piecesEnd?: number;
  /** A strip or a tile of it was never written, for it is empty (GDAL's sparse files); left out where all are there. */
  isSparse?: boolean;
  /** Another page is said to follow, which does not lie in the file; left out where none is. */
  isFollowed?: boolean;
  /** Planes that lie one after another behind this directory alone, as MetaMorph says it; 0: nothing is said. */
  planes: number;
  /** ImageJ's own metadata, and how long its blocks are; left out where there is none. */
  imagej?: { bytes: Buffer; lengths: readonly number[] };
  /** Its place in the chain of pages; null for a directory that a page points to. */
  page: number | null;
  /** For a directory that a page points to (SubIFD): that page, and its place among those. */
  sub: { page: number; index: number } | null;
}

/** What tags are read from: a buffer, or a file of which only the pieces that are asked for are read (fileBytes.ts). */
export type TiffBytes = Pick<
  Buffer,
  | 'length'
  | 'readUInt8'
  | 'readUInt16LE'
  | 'readUInt16BE'
  | 'readUInt32LE'
  | 'readUInt32BE'
  | 'readBigUInt64LE'
  | 'readBigUInt64BE'
> & {
  toString(encoding: BufferEncoding, start: number, end: number): string;
  subarray(start: number, end: number): Buffer;
  copy(target: Uint8Array, targetStart: number, start: number, end: number): number;
};

export const TAG = {
  subfileType: 0x00fe,
  oldSubfileType: 0x00ff,
  width: 0x0100,
  height: 0x0101,
  bits: 0x0102,
  compression: 0x0103,
  photometric: 0x0106,
  fillOrder: 0x010a,
  description: 0x010e,
  stripOffsets: 0x0111,
  orientation: 0x0112,
  samples: 0x0115,
  rowsPerStrip: 0x0116,
  planar: 0x011c,
  software: 0x0131,
  colourMap: 0x0140,
  tileWidth: 0x0142,
  tileHeight: 0x0143,
  tileOffsets: 0x0144,
  subDirectories: 0x014a,
  extraSamples: 0x0152,
  sampleFormat: 0x0153,
  subsampling: 0x0212,
  depth: 0x80e5,
  gdalMetadata: 0xa480,
  gdalNodata: 0xa481,
  dngVersion: 0xc612,
  hamamatsu: 0xff8c,
} as const;
const WANTED: ReadonlySet<number> = new Set(Object.values(TAG));
const PROFILE = 0x8773;
const WHITE = 0x013e;
const [COEFFICIENTS, LEVELS] = [0x0211, 0x0214];
const TILE_BYTES = 0x0145;
/** Tiles whose ends are looked at, the last ones: they are written in order. */
const LAST_TILES = 4096;
/** Strips or tiles that are looked at for such as were left out. */
const MOST_PIECES = 1 << 17;
/** How many values it has is how many planes MetaMorph wrote one after another. */
const PLANES = 0x835d;
const [IMAGEJ_LENGTHS, IMAGEJ] = [0xc696, 0xc697];
/** A label for each plane of a stack. */
const MOST_BLOCKS = 100_000;
const MOST_IMAGEJ = 1 << 24;

const TYPE_SIZE: Record<number, number> = { 1: 1, 2: 1, 3: 2, 4: 4, 13: 4, 16: 8, 18: 8 };
const ASCII = 2;
const RATIONAL = 5;
/** Most entries of all directories together: a stack of ten thousand pages is read, a loop of hostile ones ends. */
const MAX_ENTRIES = 300_000;
const MAX_VALUES = 4096;
/** Values of a palette of 16 bits. */
const MAX_COLOURS = 3 << 16;
const MAX_TEXT = 1 << 20;

/** In place of where the next directory lies: this one does not lie in the file. */
const BROKEN = -1;

/** All directories reachable from the header at `base`: the chain of pages, and what SubIFDs point to. */
export function readTiff(bytes: TiffBytes, base = 0): TiffDirectory[] {
  const order = bytes.toString('latin1', base, base + 2);
  if ((order !== 'II' && order !== 'MM') || base + 16 > bytes.length) return [];
  const little = order === 'II';
  const u16 = (at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const u32 = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const u64 = (at: number) => Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  const big = u16(base + 2) === 43;
  const [entryLength, countLength, wordLength] = big ? [20, 8, 8] : [12, 2, 4];
  const word = big ? u64 : u32;
  const directories: TiffDirectory[] = [];
  const seen = new Set<number>();
  let entries = 0;

  /** The fractions of an entry, where it has so many. */
  const fractions = (entry: number, count: number): number[] | undefined => {
    const at = base + word(entry + 4 + wordLength);
    if (u16(entry + 2) !== RATIONAL || word(entry + 4) !== count || at + 8 * count > bytes.length) return undefined;
    return Array.from({ length: count }, (_, i) => u32(at + 8 * i) / u32(at + 8 * i + 4));
  };

  /** The last numbers of an entry. */
  const lastOf = (entry: number, most = LAST_TILES): number[] => {
    const [size, count] = [TYPE_SIZE[u16(entry + 2)] ?? 1, word(entry + 4)];
    const start = size * count <= wordLength ? entry + 4 + wordLength : base + word(entry + 4 + wordLength);
    const first = Math.max(0, count - most);
    if (size < 2 || start + size * count > bytes.length) return [];
    const read = size === 2 ? u16 : size === 4 ? u32 : u64;
    return Array.from({ length: count - first }, (_, i) => read(start + size * (first + i)));
  };

  const read = (offset: number, page: number | null, sub: TiffDirectory['sub'] = null): number | null => {
    const at = base + offset;
    if (at + countLength > bytes.length) return BROKEN;
    if (seen.has(at)) return null;
    seen.add(at);
    const count = big ? u64(at) : u16(at);
    const end = at + countLength + count * entryLength;
    // what is behind the first page may be no directory at all
    if (page !== null && page > 0 && end > bytes.length) return BROKEN;
    const directory: TiffDirectory = {
      at,
      tags: new Map(),
      texts: new Map(),
      profile: null,
      white: null,
      planes: 0,
      page,
      sub,
      ...(end > bytes.length && { piecesEnd: Infinity }),
    };
    let tiles = 0;
    for (let i = 0; i < count && entries < MAX_ENTRIES; i++, entries++) {
      const entry = at + countLength + i * entryLength;
      if (entry + entryLength > bytes.length) break;
      const tag = u16(entry);
      if (tag === PROFILE) {
        const [length, start] = [word(entry + 4), base + word(entry + 4 + wordLength)];
        if (start + length <= bytes.length) directory.profile = bytes.subarray(start, start + length);
        else directory.piecesEnd = Infinity;
      }
      if (tag === WHITE) directory.white = (fractions(entry, 2) as [number, number] | undefined) ?? null;
      if (tag === COEFFICIENTS) directory.coefficients = fractions(entry, 3);
      if (tag === LEVELS) directory.levels = fractions(entry, 6);
      if (tag === TAG.tileOffsets) tiles = entry;
      if (tag === TAG.tileOffsets || tag === TAG.stripOffsets)
        if (lastOf(entry, MOST_PIECES).includes(0)) directory.isSparse = true;
      if (tag === TILE_BYTES && tiles > 0) {
        const lengths = lastOf(entry);
        const ends = lastOf(tiles).map((at, tile) => at + (lengths[tile] ?? 0));
        directory.piecesEnd = ends.reduce((most, end) => Math.max(most, end), 0);
      }
      if (tag === PLANES) directory.planes = word(entry + 4);
      if (tag === IMAGEJ_LENGTHS || tag === IMAGEJ) {
        const count = word(entry + 4);
        const each = tag === IMAGEJ ? 1 : 4;
        const start = count * each <= wordLength ? entry + 4 + wordLength : base + word(entry + 4 + wordLength);
        const kept = directory.imagej ?? { bytes: Buffer.alloc(0), lengths: [] };
        if (count <= (tag === IMAGEJ ? MOST_IMAGEJ : MOST_BLOCKS) && start + count * each <= bytes.length)
          directory.imagej =
            tag === IMAGEJ
              ? { ...kept, bytes: bytes.subarray(start, start + count) }
              : { ...kept, lengths: Array.from({ length: count }, (_, i) => u32(start + 4 * i)) };
      }
      if (!WANTED.has(tag)) continue;
      const type = u16(entry + 2);
      const size = TYPE_SIZE[type];
      const values = word(entry + 4);
      if (size === undefined || values > (type === ASCII ? MAX_TEXT : tag === TAG.colourMap ? MAX_COLOURS : MAX_VALUES))
        continue;
      const inline = entry + 4 + wordLength;
      const start = size * values <= wordLength ? inline : base + word(inline);
      if (start + size * values > bytes.length) {
        if (tag === TAG.colourMap) directory.piecesEnd = Infinity;
        continue;
      }
      if (type === ASCII)
        directory.texts.set(tag, bytes.toString('utf8', start, start + values).replace(/\0[^]*$/, ''));
      else {
        const at = (v: number) =>
          size === 1 ? bytes.readUInt8(start + v) : (size === 2 ? u16 : size === 4 ? u32 : u64)(start + size * v);
        directory.tags.set(
          tag,
          Array.from({ length: values }, (_, v) => at(v)),
        );
      }
    }
    directories.push(directory);
    return end + wordLength <= bytes.length ? word(end) : null;
  };

  let offset: number | null = word(base + (big ? 8 : 4));
  for (let page = 0; offset && offset > 0 && entries < MAX_ENTRIES; page++) offset = read(offset, page);
  const last = directories.at(-1);
  if (offset === BROKEN && last) last.isFollowed = true;
  for (let i = 0; i < directories.length && entries < MAX_ENTRIES; i++) {
    const { tags, page } = directories[i]!;
    for (const [index, at] of (tags.get(TAG.subDirectories) ?? []).entries())
      read(at, null, page === null ? null : { page, index });
  }
  return directories;
}

/** The orientation tag of the first directory that has one, or null. */
export function tiffOrientation(directories: TiffDirectory[]): number | null {
  for (const { tags } of directories) {
    const value = tags.get(TAG.orientation)?.[0];
    if (value !== undefined && value >= 1 && value <= 8) return value;
  }
  return null;
}
