/**
 * Reads the tags of a TIFF structure (TIFF itself, EXIF, and the RAW formats built on it), guarded against hostile
 * offsets. Leaves the pixels to libvips.
 */
export interface TiffDirectory {
  /** Numeric tags by number; a tag of another type is absent. */
  tags: Map<number, number[]>;
}

export const TAG = {
  subfileType: 0x00fe,
  compression: 0x0103,
  photometric: 0x0106,
  orientation: 0x0112,
  subDirectories: 0x014a,
  dngVersion: 0xc612,
} as const;

const TYPE_SIZE: Record<number, number> = { 1: 1, 3: 2, 4: 4, 13: 4 };
const MAX_DIRECTORIES = 64;
const MAX_VALUES = 64;

/** All directories reachable from the header at `base`: the chain, and what SubIFDs point to. */
export function readTiff(bytes: Buffer, base = 0): TiffDirectory[] {
  const order = bytes.toString('latin1', base, base + 2);
  if (order !== 'II' && order !== 'MM') return [];
  const little = order === 'II';
  const u16 = (at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const u32 = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const directories: TiffDirectory[] = [];
  const seen = new Set<number>();
  if (base + 8 > bytes.length) return [];
  const queue = [u32(base + 4)];
  while (queue.length > 0 && directories.length < MAX_DIRECTORIES) {
    const at = base + queue.shift()!;
    if (seen.has(at) || at + 2 > bytes.length) continue;
    seen.add(at);
    const count = u16(at);
    const tags = new Map<number, number[]>();
    for (let i = 0; i < count; i++) {
      const entry = at + 2 + i * 12;
      if (entry + 12 > bytes.length) break;
      const size = TYPE_SIZE[u16(entry + 2)];
      const values = u32(entry + 4);
      if (size === undefined || values > MAX_VALUES) continue;
      const start = size * values <= 4 ? entry + 8 : base + u32(entry + 8);
      if (start + size * values > bytes.length) continue;
      tags.set(
        u16(entry),
        Array.from({ length: values }, (_, v) =>
          size === 1 ? bytes[start + v]! : size === 2 ? u16(start + 2 * v) : u32(start + 4 * v),
        ),
      );
    }
    directories.push({ tags });
    queue.push(...(tags.get(TAG.subDirectories) ?? []));
    const next = at + 2 + count * 12;
    if (next + 4 <= bytes.length && u32(next) !== 0) queue.push(u32(next));
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
