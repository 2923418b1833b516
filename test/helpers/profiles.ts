/** ICC profiles that no program here writes, byte by byte, and files that carry one. */
import { crc32, deflateSync } from 'node:zlib';
import { D50, toXyz } from './colourSpaces.ts';
import type { Space } from './colourSpaces.ts';

/** A minimal version 2 grey profile with gamma 1. */
export const linearGreyProfile = (): Buffer => greyProfile([0]);

/** Parameters of ICC's parametric curves by their kind, for sRGB's curve and a power of 1.8. */
const parameters: Readonly<Record<number, number[]>> = {
  0: [1.8],
  3: [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045],
};

/** The entries of a table behind their count, or the kind of a parametric curve. */
type Curve = readonly number[] | number;

/** A minimal version 2 grey profile. */
export const greyProfile = (curve: Curve): Buffer => profileOf('GRAY', 'linear', [['kTRC', curveOf(curve)]]);

/** A minimal version 2 profile of red, green and blue. */
export function rgbProfile(name: string, space: Space, curve: Curve): Buffer {
  const matrix = toXyz(space);
  return profileOf('RGB ', name, [
    ...(['rXYZ', 'gXYZ', 'bXYZ'] as const).map((tag, c): Tag => [tag, xyz(matrix.map((row) => row[c]!))]),
    ...['rTRC', 'gTRC', 'bTRC'].map((tag): Tag => [tag, curveOf(curve)]),
  ]);
}

type Tag = [signature: string, content: Buffer];

const text = (type: string, body: Buffer): Buffer => Buffer.concat([Buffer.from(`${type}\0\0\0\0`, 'latin1'), body]);

function xyz(values: readonly number[]): Buffer {
  const out = Buffer.alloc(12);
  values.forEach((value, i) => out.writeInt32BE(Math.round(value * 65536), i * 4));
  return text('XYZ ', out);
}

function curveOf(curve: Curve): Buffer {
  const numbers = typeof curve === 'number' ? parameters[curve]! : curve.slice(1);
  if (typeof curve === 'number') {
    const parametric = Buffer.alloc(4 + 4 * numbers.length);
    parametric.writeUInt16BE(curve, 0);
    numbers.forEach((value, i) => parametric.writeInt32BE(Math.round(value * 65536), 4 + 4 * i));
    return text('para', parametric);
  }
  const table = Buffer.alloc(4 + 2 * numbers.length);
  table.writeUInt32BE(curve[0]!, 0);
  numbers.forEach((value, i) => table.writeUInt16BE(value, 4 + 2 * i));
  return text('curv', table);
}

function profileOf(space: string, name: string, tags: readonly Tag[]): Buffer {
  const length = name.length + 1;
  const description = Buffer.alloc(4 + length + 4 + 4 + 2 + 1 + 67 + 2);
  description.writeUInt32BE(length, 0);
  description.write(`${name}\0`, 4, 'latin1');
  const parts: Tag[] = [
    ['desc', text('desc', description)],
    ['wtpt', xyz(D50)],
    ...tags,
    ['cprt', text('text', Buffer.from('none\0', 'latin1'))],
  ];
  const header = Buffer.alloc(128);
  header.writeUInt32BE(0x02400000, 8);
  header.write(`mntr${space}XYZ `, 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  xyz(D50).copy(header, 68, 8);
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

/** Puts the profile behind a JPEG's first marker. */
export function withJpegProfile(jpeg: Buffer, profile: Buffer): Buffer {
  const head = Buffer.from('\xff\xe2\0\0ICC_PROFILE\0\x01\x01', 'latin1');
  head.writeUInt16BE(head.length - 2 + profile.length, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, profile, jpeg.subarray(2)]);
}

/** A WebP of one chunk of pixels as the larger form of the format, with its profile. */
export function withWebpProfile(webp: Buffer, profile: Buffer, width: number, height: number): Buffer {
  const chunk = (type: string, content: Buffer): Buffer => {
    const head = Buffer.from(`${type}\0\0\0\0`, 'latin1');
    head.writeUInt32LE(content.length, 4);
    return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
  };
  const size = Buffer.alloc(10);
  size[0] = 0x20;
  size.writeUIntLE(width - 1, 4, 3);
  size.writeUIntLE(height - 1, 7, 3);
  const content = Buffer.concat([chunk('VP8X', size), chunk('ICCP', profile), webp.subarray(12)]);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(content.length + 4, 4);
  return Buffer.concat([head, content]);
}
