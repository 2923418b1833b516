/** Pictures as DICOM, and in the other forms of a data set: without the kinds of its elements, with the highest byte first, deflated, without its head. */
import { deflateRawSync } from 'node:zlib';
import { dicom, encode, SIDE } from './rasters.ts';

export type Elements = Parameters<typeof dicom>[0];

/** A picture of 12 bits, as an X-ray machine writes one. */
export const xray = (photometric: string, numbers: number[], more: Elements = []): Buffer =>
  dicom([
    [0x28, 2, 'US', 1],
    [0x28, 4, 'CS', photometric],
    [0x28, 0x10, 'US', SIDE],
    [0x28, 0x11, 'US', SIDE],
    [0x28, 0x100, 'US', 16],
    [0x28, 0x101, 'US', 12],
    [0x28, 0x102, 'US', 11],
    [0x28, 0x103, 'US', 0],
    ...more,
    [0x7fe0, 0x10, 'OW', encode(numbers, 'u16')],
  ]);

const SYNTAX = '1.2.840.10008.1.2';
const LONG = ['OW', 'OB', 'SQ'];

interface Element {
  group: number;
  element: number;
  kind: string;
  content: Buffer;
}

/** What follows the head of a file. */
export const dataSetOf = (file: Buffer): Buffer => file.subarray(144 + file.readUInt32LE(140));

function elementsOf(file: Buffer): Element[] {
  const set = dataSetOf(file);
  const found: Element[] = [];
  for (let at = 0; at < set.length;) {
    const kind = set.toString('latin1', at + 4, at + 6);
    const long = LONG.includes(kind);
    const [head, length] = long ? [12, set.readUInt32LE(at + 8)] : [8, set.readUInt16LE(at + 6)];
    const content = set.subarray(at + head, at + head + length);
    found.push({ group: set.readUInt16LE(at), element: set.readUInt16LE(at + 2), kind, content });
    at += head + length;
  }
  return found;
}

const headed = (syntax: string, set: Buffer): Buffer => Buffer.concat([dicom([], SYNTAX + syntax), set]);

/** Little-endian, the kinds of elements left to be known. */
export const implicit = (file: Buffer): Buffer =>
  headed(
    '',
    Buffer.concat(
      elementsOf(file).flatMap(({ group, element, content }) => {
        const head = Buffer.alloc(8);
        head.writeUInt16LE(group, 0);
        head.writeUInt16LE(element, 2);
        head.writeUInt32LE(content.length, 4);
        return [head, content];
      }),
    ),
  );

/** The highest byte first, values of 16 bits included. */
export const bigEndian = (file: Buffer): Buffer =>
  headed(
    '.2',
    Buffer.concat(
      elementsOf(file).flatMap(({ group, element, kind, content }) => {
        const long = LONG.includes(kind);
        const head = Buffer.alloc(long ? 12 : 8);
        head.writeUInt16BE(group, 0);
        head.writeUInt16BE(element, 2);
        head.write(kind, 4, 'latin1');
        if (long) head.writeUInt32BE(content.length, 8);
        else head.writeUInt16BE(content.length, 6);
        return [head, ['US', 'SS', 'OW'].includes(kind) ? Buffer.from(content).swap16() : content];
      }),
    ),
  );

export const deflated = (file: Buffer): Buffer => headed('.1.99', deflateRawSync(dataSetOf(file)));

/** What a file says of its pixels; a grey picture of 12 bits in 16 where nothing is said. */
interface DicomForm {
  /** Elements before those of the picture. */
  before?: Elements;
  kind?: string;
  samples?: number;
  bits?: number;
  stored?: number;
  high?: number;
  more?: Elements;
  element?: number;
  syntax?: string;
}

/** A picture of SIDE by SIDE in a file. */
export function dicomOf(pixels: Buffer, form: DicomForm = {}): Buffer {
  const { kind = 'MONOCHROME2', samples = 1, bits = 16, stored = bits === 16 ? 12 : bits, more = [] } = form;
  const { high = stored - 1, element = 0x10, syntax = '.1', before = [] } = form;
  return dicom(
    [
      ...before,
      [0x28, 2, 'US', samples],
      [0x28, 4, 'CS', kind],
      [0x28, 0x10, 'US', SIDE],
      [0x28, 0x11, 'US', SIDE],
      [0x28, 0x100, 'US', bits],
      [0x28, 0x101, 'US', stored],
      [0x28, 0x102, 'US', high],
      [0x28, 0x103, 'US', 0],
      ...more,
      [0x7fe0, element, syntax === '.1' ? 'OW' : 'OB', pixels],
    ],
    SYNTAX + syntax,
  );
}

/** A palette from black to red, and from white to black in the other two. */
export const palette = [1, 2, 3].flatMap((colour): Elements => [
  [0x28, 0x1100 + colour, 'US', encode([256, 0, 16], 'u16')],
  [
    0x28,
    0x1200 + colour,
    'OW',
    encode(
      Array.from({ length: 256 }, (_, i) => (colour === 1 ? i : 255 - i) * 257),
      'u16',
    ),
  ],
]);
