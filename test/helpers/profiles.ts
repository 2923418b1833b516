/** An ICC profile that no program here writes, byte by byte, and a PNG that carries one. */
import { crc32, deflateSync } from 'node:zlib';

/** A minimal version 2 grey profile with gamma 1. */
export function linearGreyProfile(): Buffer {
  const text = (type: string, body: Buffer): Buffer => Buffer.concat([Buffer.from(`${type}\0\0\0\0`, 'latin1'), body]);
  const description = Buffer.alloc(4 + 7 + 4 + 4 + 2 + 1 + 67 + 2);
  description.writeUInt32BE(7, 0);
  description.write('linear\0', 4, 'latin1');
  const white = Buffer.alloc(12);
  [0xf6d6, 0x10000, 0xd32d].forEach((value, i) => white.writeUInt32BE(value, i * 4));
  const parts: [string, Buffer][] = [
    ['desc', text('desc', description)],
    ['wtpt', text('XYZ ', white)],
    ['kTRC', text('curv', Buffer.alloc(4))],
    ['cprt', text('text', Buffer.from('none\0', 'latin1'))],
  ];
  const header = Buffer.alloc(128);
  header.writeUInt32BE(0x02400000, 8);
  header.write('mntrGRAYXYZ ', 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  [0xf6d6, 0x10000, 0xd32d].forEach((value, i) => header.writeUInt32BE(value, 68 + i * 4));
  const table = Buffer.alloc(4 + 12 * parts.length);
  table.writeUInt32BE(parts.length, 0);
  let at = 128 + table.length;
  const bodies = parts.map(([signature, body], i) => {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    table.write(signature, 4 + 12 * i, 'latin1');
    table.writeUInt32BE(at, 8 + 12 * i);
    table.writeUInt32BE(body.length, 12 + 12 * i);
    at += padded.length;
    return padded;
  });
  const profile = Buffer.concat([header, table, ...bodies]);
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
