/** TIFFs as rasters.ts writes them, with the highest byte first. */

const SIZES: Readonly<Record<number, 1 | 2 | 4>> = { 1: 1, 2: 1, 3: 2, 4: 4, 7: 1 };

/** A TIFF of one page, of strips or tiles whose values have so many bytes. */
export function bigEndianTiff(little: Buffer, bytesOfValue: 1 | 2 | 4 | 8): Buffer {
  const out = Buffer.from(little);
  const swap = (at: number, bytes: number, each: number) => {
    for (let i = at; i < at + bytes; i += each) out.subarray(i, i + each).reverse();
  };
  out.write('MM', 0, 'latin1');
  swap(2, 2, 2);
  swap(4, 4, 4);
  const directory = little.readUInt32LE(4);
  const count = little.readUInt16LE(directory);
  const lists = new Map<number, number[]>();
  for (let i = 0; i < count; i++) {
    const at = directory + 2 + 12 * i;
    const size = SIZES[little.readUInt16LE(at + 2)]!;
    const values = little.readUInt32LE(at + 4);
    const start = size * values <= 4 ? at + 8 : little.readUInt32LE(at + 8);
    if (size === 4)
      lists.set(
        little.readUInt16LE(at),
        Array.from({ length: values }, (_, v) => little.readUInt32LE(start + 4 * v)),
      );
    swap(start, size * values, size);
    if (start !== at + 8) swap(at + 8, 4, 4);
    swap(at, 2, 2);
    swap(at + 2, 2, 2);
    swap(at + 4, 4, 4);
  }
  swap(directory, 2, 2);
  swap(directory + 2 + 12 * count, 4, 4);
  const lengths = lists.get(279) ?? lists.get(325) ?? [];
  (lists.get(273) ?? lists.get(324) ?? []).forEach((at, i) => swap(at, lengths[i]!, bytesOfValue));
  return out;
}
