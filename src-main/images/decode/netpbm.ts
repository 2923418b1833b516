/**
 * Portable bitmaps, greymaps and pixmaps (P1 to P7) and floating-point maps (Pf, PF). Our own because libvips' prebuilt
 * binaries read none and the format is a line of text before plain numbers.
 */
import { reason } from '../../../shared/reason.ts';
import { ImageError } from '../errors.ts';
import type { PixelRule } from '../rule.ts';
import type { Route } from './route.ts';
import type { Values } from './samples.ts';
import { bandsOf } from './tiffBands.ts';
import type { DecodeLimits } from './types.ts';
import { assertPixels } from './vips.ts';
import { announcesMore } from './whole.ts';

export function findNetpbm(file: string, bytes: Buffer, limits: DecodeLimits, rule: PixelRule): Route {
  const kind = bytes.toString('latin1', 0, 2);
  const header = kind === 'P7' ? readPam(bytes) : readHeader(bytes, kind);
  if (!header) throw new ImageError(file, 'corrupt');
  const { width, height, depth, most, begin } = header;
  assertPixels(file, width, height, limits);
  const cut = () => announcesMore(file, bytes.length);
  const pixels = width * height;
  const bands: Values[] = Array.from({ length: depth }, () =>
    kind === 'PF' || kind === 'Pf'
      ? new Float32Array(pixels)
      : most > 255
        ? new Uint16Array(pixels)
        : new Uint8Array(pixels),
  );
  if (kind === 'P4') {
    const stride = Math.ceil(width / 8);
    if (begin + stride * height > bytes.length) throw cut();
    for (let i = 0; i < pixels; i++) {
      const x = i % width;
      const byte = bytes[begin + Math.floor(i / width) * stride + (x >> 3)]!;
      bands[0]![i] = (byte >> (7 - (x & 7))) & 1 ? 0 : 255;
    }
  } else if (kind === 'P1' || kind === 'P2' || kind === 'P3') {
    const text = bytes.toString('latin1', begin).replace(/#.*/g, '');
    const numbers = kind === 'P1' ? text.match(/[01]/g) : text.match(/\d+/g);
    if (!numbers || numbers.length < pixels * depth) throw cut();
    for (let i = 0; i < pixels * depth; i++) {
      const value = Number(numbers[i]);
      bands[i % depth]![Math.floor(i / depth)] = kind === 'P1' ? (value ? 0 : 255) : scaled(value, most);
    }
  } else if (kind === 'PF' || kind === 'Pf') {
    if (begin + 4 * pixels * depth > bytes.length) throw cut();
    // From the bottom row up; a negative scale means little-endian.
    for (let i = 0; i < pixels * depth; i++) {
      const at = begin + 4 * i;
      const pixel = Math.floor(i / depth);
      const to = (height - 1 - Math.floor(pixel / width)) * width + (pixel % width);
      bands[i % depth]![to] = most < 0 ? bytes.readFloatLE(at) : bytes.readFloatBE(at);
    }
  } else {
    const size = most > 255 ? 2 : 1;
    if (begin + size * pixels * depth > bytes.length) throw cut();
    for (let i = 0; i < pixels * depth; i++) {
      const value = size === 2 ? bytes.readUInt16BE(begin + 2 * i) : scaled(bytes[begin + i]!, most);
      bands[i % depth]![Math.floor(i / depth)] = value;
    }
  }
  const chosen = bandsOf(rule, depth, [], depth === 3);
  const of = { count: depth, chosen };
  const shown = chosen.map((band) => bands[band]!);
  const alpha = header.alpha && rule.bands === '' && typeof rule.channels !== 'number' ? bands[depth - 1]! : undefined;
  // of one band 65535 says no more than that there are 16 bits: values, as in a TIFF of one
  const white = most > 255 && (most < 65535 || depth >= 3) ? most : undefined;
  const isPart = depth > shown.length + (alpha ? 1 : 0);
  const told = chosen.map((band) => band + 1).join(', ');
  return {
    by: 'values',
    notes: isPart ? [reason('note.bands', { count: depth, shown: told })] : [],
    samples: {
      ...{ width, height, bands: shown, of, channels: false, inverted: false, nodata: null },
      ...(white && { white }),
      ...(alpha && { alpha }),
    },
  };
}

const scaled = (value: number, most: number): number =>
  most >= 255 ? value : Math.round((Math.min(value, most) * 255) / most);

interface Header {
  width: number;
  height: number;
  depth: number;
  /** The largest value; in floating-point maps the scale, whose sign tells the byte order. */
  most: number;
  begin: number;
  /** The last band is transparency. */
  alpha?: boolean;
}

/**
 * Reads width, height and (except for bitmaps) the largest value, separated by white space and comments. Null where
 * they are not there.
 */
function readHeader(bytes: Buffer, kind: string): Header | null {
  const text = bytes.toString('latin1', 2, 4096);
  const wanted = kind === 'P1' || kind === 'P4' ? 2 : 3;
  const numbers: number[] = [];
  const token = /\s*(?:#[^\n]*\n\s*)*([-+.\deE]+)/y;
  while (numbers.length < wanted) {
    const match = token.exec(text);
    if (!match) return null;
    numbers.push(Number(match[1]));
  }
  const [width, height, most = 1] = numbers as [number, number, number?];
  if (![width, height].every((size) => Number.isInteger(size) && size > 0) || !most || Math.abs(most) > 65535)
    return null;
  return {
    width,
    height,
    depth: kind === 'P3' || kind === 'P6' || kind === 'PF' ? 3 : 1,
    most,
    begin: 2 + token.lastIndex + 1,
  };
}

function readPam(bytes: Buffer): Header | null {
  const text = bytes.toString('latin1', 0, 4096);
  const end = text.indexOf('ENDHDR\n');
  const value = (name: string) => Number(new RegExp(`^${name}\\s+(\\d+)`, 'm').exec(text.slice(0, end))?.[1] ?? 0);
  const [width, height, depth, most] = ['WIDTH', 'HEIGHT', 'DEPTH', 'MAXVAL'].map(value) as [
    number,
    number,
    number,
    number,
  ];
  if (end < 0 || !width || !height || !depth || depth > 16 || !most || most > 65535) return null;
  const alpha = /^TUPLTYPE\s+\w+_ALPHA\s*$/m.test(text.slice(0, end));
  return { width, height, depth, most, begin: end + 7, alpha };
}
