/** An ICC profile that no program here writes, byte by byte, and a PNG that carries one. */
import { crc32, deflateSync } from 'node:zlib';

/** A minimal version 2 grey profile with gamma 1. */
export const linearGreyProfile = (): Buffer => greyProfile([0]);

/** Parameters of ICC's parametric curves by their kind, for sRGB's curve and a power of 1.8. */
const parameters: Readonly<Record<number, number[]>> = {
  0: [1.8],
  3: [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045],
};

/**
 * A minimal version 2 grey profile.
 * @param curve the entries of a table behind their count, or the kind of a parametric curve
 */
export function greyProfile(curve: readonly number[] | number): Buffer {
  const text = (type: string, body: Buffer): Buffer => Buffer.concat([Buffer.from(`${type}\0\0\0\0`, 'latin1'), body]);
  const description = Buffer.alloc(4 + 7 + 4 + 4 + 2 + 1 + 67 + 2);
  description.writeUInt32BE(7, 0);
  description.write('linear\0', 4, 'latin1');
  const white = Buffer.alloc(12);
  [0xf6d6, 0x10000, 0xd32d].forEach((value, i) => white.writeUInt32BE(value, i * 4));
  const numbers = typeof curve === 'number' ? parameters[curve]! : curve.slice(1);
  const parametric = Buffer.alloc(4 + 4 * numbers.length);
  const table = Buffer.alloc(4 + 2 * numbers.length);
  if (typeof curve === 'number') {
    parametric.writeUInt16BE(curve, 0);
    numbers.forEach((value, i) => parametric.writeInt32BE(Math.round(value * 65536), 4 + 4 * i));
  } else {
    table.writeUInt32BE(curve[0]!, 0);
    numbers.forEach((value, i) => table.writeUInt16BE(value, 4 + 2 * i));
  }
  const parts: [string, Buffer][] = [
    ['desc', text('desc', description)],
    ['wtpt', text('XYZ ', white)],
    ['kTRC', typeof curve === 'number' ? text('para', parametric) : text('curv', table)],
    ['cprt', text('text', Buffer.from('none\0', 'latin1'))],
  ];
  const header = Buffer.alloc(128);
  header.writeUInt32BE(0x02400000, 8);
  header.write('mntrGRAYXYZ ', 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  [0xf6d6, 0x10000, 0xd32d].forEach((value, i) => header.writeUInt32BE(value, 68 + i * 4));
  const index = Buffer.alloc(4 + 12 * parts.length);
  index.writeUInt32BE(parts.length, 0);
  let at = 128 + index.length;
  const bodies = parts.map(([signature, body], i) => {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    index.write(signature, 4 + 12 * i, 'latin1');
    index.writeUInt32BE(at, 8 + 12 * i);
    index.writeUInt32BE(body.length, 12 + 12 * i);
    at += padded.length;
    return padded;
  });
  const profile = Buffer.concat([header, index, ...bodies]);
  profile.writeUInt32BE(profile.length, 0);
  return profile;
}

/** Puts an iCCP chunk behind a PNG's header. */
export function withPngProfile(png: Buffer, profile: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from('iCCPgrey\0\0', 'latin1'), deflateSync(profile)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}
