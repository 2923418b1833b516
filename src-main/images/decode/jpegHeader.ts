/**
 * The size of a plain JPEG, read without a decoder: of one that is nothing but its picture, as exporters and data sets
 * write them. Asking libvips for it takes an eighth of what a small photo costs to read. Whatever has metadata that
 * matters to its pixels (orientation, profile, another colour model) is left to libvips.
 */

const Marker = {
  start: 0xd8,
  scan: 0xda,
  lines: 0xdc,
  jfif: 0xe0,
  comment: 0xfe,
  quantisation: 0xdb,
  huffman: 0xc4,
  restart: 0xdd,
};
/** Frames that libvips decodes: baseline, extended and progressive, all by Huffman's code. */
const frames: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2]);
const passedOver: ReadonlySet<number> = new Set([
  ...[Marker.jfif, Marker.comment, Marker.quantisation, Marker.huffman, Marker.restart],
]);

/** Size in pixels as stored; null where the file is not as simple as that. */
export function plainJpegSize(bytes: Uint8Array): { width: number; height: number } | null {
  const word = (at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
  if (bytes.length < 4 || word(0) !== (0xff00 | Marker.start)) return null;
  let size: { width: number; height: number } | null = null;
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    if (marker === Marker.scan) return size;
    const length = word(at + 2);
    if (length < 2 || at + 2 + length > bytes.length) return null;
    if (frames.has(marker)) {
      const [precision, height, width, channels] = [bytes[at + 4], word(at + 5), word(at + 7), bytes[at + 9]];
      if (size || length < 11 || precision !== 8 || width === 0 || height === 0) return null;
      if (channels !== 1 && channels !== 3) return null;
      size = { width, height };
    } else if (!passedOver.has(marker)) return null;
    at += 2 + length;
  }
  return null;
}

/** Where the first scan of a JPEG begins, behind all that is said of it; -1 where what is said makes no sense. */
export function scanOf(bytes: Uint8Array): number {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!;
    if (marker === Marker.scan) return at;
    at += marker === 0xff ? 1 : 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
  }
  return -1;
}

const LOSSLESS = 0xc3;
const ARITHMETIC: ReadonlySet<number> = new Set([0xc9, 0xca]);
/** Bits of a value of a JPEG with loss, where they are not 8. */
const DEEP = 12;
/** Frames of codes that no decoder here knows, by their markers. */
const UNREAD_FRAMES: Readonly<Record<number, string>> = {
  0xcb: 'lossless JPEG, arithmetic',
  ...Object.fromEntries([0xc5, 0xc6, 0xc7, 0xcd, 0xce, 0xcf].map((marker) => [marker, 'hierarchical JPEG'])),
  0xf7: 'JPEG-LS',
};
const NO_FRAMES = [0xc4, 0xc8, 0xcc];

/** What a JPEG is that is not read here; null for one that is. */
export function unreadForm(jpeg: Uint8Array): string | null {
  const at = frameOf(jpeg);
  if (at < 0) return null;
  const [marker, bits] = [jpeg[at + 1]!, jpeg[at + 4]!];
  const name = UNREAD_FRAMES[marker];
  if (name !== undefined || bits === 8 || marker === LOSSLESS) return name ?? null;
  if (ARITHMETIC.has(marker)) return `JPEG, ${bits} bits, arithmetic`;
  return bits === DEEP ? null : `JPEG, ${bits} bits`;
}

/** Whether the frame of a JPEG has other than 8 bits: libvips reads all others that are read here. */
export function isDeep(jpeg: Uint8Array): boolean {
  const at = frameOf(jpeg);
  return at >= 0 && jpeg[at + 4] !== 8;
}

/** What describes the picture of a JPEG. */
export interface Frame {
  width: number;
  height: number;
  components: number;
  bits: number;
}

/**
 * The frame of a JPEG of other than 8 bits or without loss, as deepJpeg.ts reads it, all before which makes sense; else
 * null.
 */
export function deepFrame(jpeg: Uint8Array): Frame | null {
  const word = (at: number): number => (jpeg[at]! << 8) | jpeg[at + 1]!;
  for (let at = 2; at + 9 < jpeg.length && jpeg[at] === 0xff;) {
    const marker = jpeg[at + 1]!;
    if (marker === 0xff) at++;
    else if ([0xc0, 0xc1, 0xc2, LOSSLESS].includes(marker)) {
      const [bits, components] = [jpeg[at + 4]!, jpeg[at + 9]!];
      const isDeep = marker === LOSSLESS ? bits >= 2 && bits <= 16 : bits === DEEP;
      return isDeep ? { width: word(at + 7), height: word(at + 5), components, bits } : null;
    } else if (marker < 0xc4 || (marker >= 0xd0 && marker <= Marker.scan))
      return null; // the codec looks at some of these without an end
    else at += 2 + word(at + 2);
  }
  return null;
}

/** Where the frame of a JPEG is described; -1 where that is not found. */
function frameOf(jpeg: Uint8Array): number {
  for (let at = 2; at + 9 < jpeg.length && jpeg[at] === 0xff;) {
    const marker = jpeg[at + 1]!;
    if (marker === 0xff) at++;
    else if (marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.includes(marker))) return at;
    else at += 2 + ((jpeg[at + 2]! << 8) | jpeg[at + 3]!);
  }
  return -1;
}

/**
 * A JPEG whose height stands behind its first scan (DNL), as of scanners that do not know it before, with that in its
 * frame, where decoders look for it. Any other as it is.
 */
export function withHeight(jpeg: Buffer): Buffer {
  const frame = frameOf(jpeg);
  if (frame < 0 || jpeg[frame + 5] !== 0 || jpeg[frame + 6] !== 0) return jpeg;
  const told = jpeg.indexOf(Buffer.of(0xff, Marker.lines, 0, 4), Math.max(0, scanOf(jpeg)));
  if (told < 0 || told + 6 > jpeg.length) return jpeg;
  const mended = Buffer.from(jpeg);
  jpeg.copy(mended, frame + 5, told + 4, told + 6);
  return mended;
}

const PROGRESSIVE: ReadonlySet<number> = new Set([0xc2, 0xca]);
const COEFFICIENTS = 64;

/**
 * Whether a progressive JPEG has all of its scans: each coefficient of each component down to its last bit. What lacks some
 * of them is the picture all the same, but coarse. True of any other.
 */
export function hasAllScans(jpeg: Buffer): boolean {
  const frame = frameOf(jpeg);
  if (frame < 0 || !PROGRESSIVE.has(jpeg[frame + 1]!)) return true;
  const components = Array.from({ length: jpeg[frame + 9]! }, (_, i) => jpeg[frame + 10 + 3 * i]!);
  /** By component and coefficient; 0 where the last bit was coded. */
  const left = new Map(components.map((component) => [component, new Uint8Array(COEFFICIENTS).fill(1)]));
  const mark = Buffer.of(0xff, Marker.scan);
  for (let at = scanOf(jpeg); at >= 0; at = jpeg.indexOf(mark, at + 2)) {
    const count = jpeg[at + 4] ?? 0;
    const [first, last, bits] = [0, 1, 2].map((i) => jpeg[at + 5 + 2 * count + i] ?? 255) as [number, number, number];
    for (let i = 0; i < count; i++) left.get(jpeg[at + 5 + 2 * i]!)?.fill(bits & 15, first, last + 1);
  }
  return [...left.values()].every((coefficients) => coefficients.every((bit) => bit === 0));
}
