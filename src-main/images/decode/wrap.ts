/**
 * Raw pixels with their colour profile as an uncompressed TIFF in memory: the way to hand both to libvips, whose raw
 * input takes no profile.
 */
export function wrapAsTiff(
  pixels: Uint8Array,
  width: number,
  height: number,
  channels: 3 | 4,
  icc?: Uint8Array,
): Buffer {
  const entries: [tag: number, type: number, count: number, value: number][] = [];
  const profileLength = icc?.length ?? 0;
  const headerLength = 8 + 2 + 11 * 12 + 4;
  const bitsAt = headerLength;
  const profileAt = bitsAt + 8;
  const pixelsAt = profileAt + profileLength + (profileLength % 2);
  const SHORT = 3;
  const LONG = 4;
  const UNDEFINED = 7;
  entries.push([256, LONG, 1, width], [257, LONG, 1, height], [258, SHORT, channels, bitsAt], [259, SHORT, 1, 1]);
  entries.push([262, SHORT, 1, 2], [273, LONG, 1, pixelsAt], [277, SHORT, 1, channels], [278, LONG, 1, height]);
  entries.push([279, LONG, 1, pixels.length]);
  if (channels === 4) entries.push([338, SHORT, 1, 2]); // unassociated alpha
  if (icc) entries.push([34675, UNDEFINED, profileLength, profileAt]);

  const out = Buffer.alloc(pixelsAt + pixels.length);
  out.write('II*\0', 0, 'latin1');
  out.writeUInt32LE(8, 4);
  out.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, type, count, value], i) => {
    const at = 10 + i * 12;
    out.writeUInt16LE(tag, at);
    out.writeUInt16LE(type, at + 2);
    out.writeUInt32LE(count, at + 4);
    out.writeUInt32LE(value, at + 8);
  });
  for (let c = 0; c < 4; c++) out.writeUInt16LE(8, bitsAt + 2 * c);
  if (icc) out.set(icc, profileAt);
  out.set(pixels, pixelsAt);
  return out;
}
