/**
 * What a piece of a TIFF by LERC says of itself before its values: how many it holds, where it ends, and which of them
 * were measured. Unpacking the values is tiffCodecs.ts's.
 */
export interface LercHead {
  /** Values that it claims, those that were not measured included. */
  count: number;
  /** Where it says that it ends, in bytes. */
  end: number;
  /** For each pixel whether it was measured, 1 or 0; null where all were. */
  measured: Uint8Array | null;
}

/** What else lies before the mask: blocks' size, end, type, and the largest error and the extremes of the values. */
const BEFORE_MASK = 12 + 3 * 8;
/** The latest version whose head is known, and what it adds: how many more pieces follow, flags, two numbers. */
const [LATEST, ADDED] = [6, 8 + 16];
/** A run of this many ends the mask. */
const LAST_RUN = -32768;

/**
 * The head of a piece of any version; of the first one, which is read to floats, the lowest float stands for what was not
 * measured.
 * @throws Error where it makes no sense
 */
export function headOfLerc(blob: Buffer): LercHead {
  if (blob.toString('latin1', 0, 6) !== 'Lerc2 ')
    return { count: blob.readInt32LE(10 + 8) * blob.readInt32LE(10 + 12), end: blob.length, measured: null };
  const version = blob.readInt32LE(6);
  const at = version >= 3 ? 14 : 10; // a checksum lies between
  const [rows, columns] = [blob.readInt32LE(at), blob.readInt32LE(at + 4)];
  const dimensions = version >= 4 ? blob.readInt32LE(at + 8) : 1;
  if (rows < 1 || columns < 1 || dimensions < 1) throw new Error('a piece without values');
  const behind = at + (version >= 4 ? 12 : 8);
  const [pixels, told] = [rows * columns, blob.readInt32LE(behind)];
  const isKnown = version <= LATEST && told < pixels;
  const mask = behind + 4 + BEFORE_MASK + (version >= LATEST ? ADDED : 0);
  return {
    count: pixels * dimensions,
    end: blob.readInt32LE(behind + 8),
    get measured() {
      return isKnown ? (told === 0 ? new Uint8Array(pixels) : maskAt(blob, mask, pixels)) : null;
    },
  };
}

/** A bit for each pixel, the highest of a byte first, in runs: of bytes as they are, or (below 0) of one byte. */
function maskAt(blob: Buffer, from: number, pixels: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(pixels / 8));
  const end = from + 4 + blob.readInt32LE(from);
  for (let at = from + 4, filled = 0; at < end;) {
    const run = blob.readInt16LE(at);
    if (run === LAST_RUN) break;
    const count = Math.min(Math.abs(run), bits.length - filled);
    if (run > 0) bits.set(blob.subarray(at + 2, at + 2 + count), filled);
    else bits.fill(blob.readUInt8(at + 2), filled, filled + count);
    filled += count;
    at += 2 + (run > 0 ? run : 1);
  }
  return Uint8Array.from({ length: pixels }, (_, i) => (bits[i >> 3]! >> (7 - (i & 7))) & 1);
}
