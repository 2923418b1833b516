/** DICOM of fewer bits than are kept, of older and of newer files; of the scene of rasters.ts. */
import { bigEndian, dicomOf } from '../../../helpers/dicomForms.ts';
import type { Elements } from '../../../helpers/dicomForms.ts';
import { jpeg2000, jpegLs } from '../../../helpers/packedRasters.ts';
import { encode, SIDE, values } from '../../../helpers/rasters.ts';
import { grey, rgb, wide } from '../../../helpers/scene.ts';
import { near, stretched, threefold } from './row.ts';
import type { Right, Row } from './row.ts';

const dicom = (kind: string, file: () => Buffer | Promise<Buffer>, right: Right = stretched): Row => ({
  kind: `DICOM, ${kind}`,
  file,
  right,
});
const dim = grey.map((level) => Math.round((level * 63) / 255));
const SIGNED: Elements = [[0x28, 0x103, 'US', 1]];

/** Two pixels side by side: lightness of each and the colours of both, as television has them. */
const halved = Array.from({ length: rgb.length / 6 }, (_, pair) => {
  const [one, other] = [0, 3].map((at) => {
    const [r, g, b] = rgb.slice(6 * pair + at, 6 * pair + at + 3).map((level) => level / 255) as [number, number, number];
    const y = 0.299 * r + 0.587 * g + 0.114 * b;
    return [16 + 219 * y, 128 + (224 * (b - y)) / 1.772, 128 + (224 * (r - y)) / 1.402];
  }) as [number[], number[]];
  return [one[0]!, other[0]!, (one[1]! + other[1]!) / 2, (one[2]! + other[2]!) / 2].map(Math.round);
}).flat(); // prettier-ignore

/** Before the pixels of a frame that is packed: where it begins and how long it is, in numbers of 64 bits. */
function withOffsets(file: Buffer): Buffer {
  const at = file.indexOf('e07f1000', 0, 'hex');
  const tables = [1, 2].map((element) => {
    const table = Buffer.alloc(20);
    table.writeUInt16LE(0x7fe0, 0);
    table.writeUInt16LE(element, 2);
    table.write('OV', 4, 'latin1');
    table.writeUInt32LE(8, 8);
    table.writeUInt32LE(element === 1 ? 0 : 1000, 12);
    return table;
  });
  return Buffer.concat([file.subarray(0, at), ...tables, file.subarray(at)]);
}

export const dicomRows: readonly Row[] = [
  dicom('6 bits in 8', () => dicomOf(Buffer.from(dim), { bits: 8, stored: 6 }), near(2.5, threefold(grey))),
  dicom('24 bits in 32 with a sign, below something else', () => {
    const stored = values(-70_000, 100_000).map(
      (value, i) => ((Math.round(value) & 0xffffff) | ((i % 200) << 24)) >>> 0,
    );
    return dicomOf(encode(stored, 'u32'), { bits: 32, stored: 24, more: SIGNED }); // prettier-ignore
  }),
  dicom('colours of television, half of them', () => dicomOf(Buffer.from(halved), { kind: 'YBR_PARTIAL_422', samples: 3, bits: 8 }), near(3)), // prettier-ignore
  dicom(
    '8 bits in words, the highest byte first',
    () => bigEndian(dicomOf(Buffer.from(grey), { bits: 8 })),
    near(0, threefold(grey)),
  ),
  dicom(
    'colours in words, the highest byte first',
    () => bigEndian(dicomOf(Buffer.from(rgb), { kind: 'RGB', samples: 3, bits: 8 })),
    near(0),
  ),
  ...[false, true].map((isWhole) =>
    dicom(`32 bits with a sign, the highest byte first, ${isWhole ? 'of all four' : 'of each word'}`, () => {
      const numbers = encode(values(-70_000, 100_000), 'i32');
      const halves = isWhole ? numbers.swap32().swap16() : numbers; // the words the other way round
      return bigEndian(dicomOf(halves, { bits: 32, more: SIGNED }));
    }),
  ),
  {
    ...dicom('JPEG 2000 of 24 bits', async () => {
      const stream = await jpeg2000(Buffer.from(grey), { bitsPerSample: 8 });
      stream[stream.indexOf('ff51', 0, 'hex') + 40] = 23;
      return dicomOf(stream, { syntax: '.4.90', bits: 32, stored: 24 });
    }),
    right: { refused: 'unsupported.dicom', says: 'JPEG 2000, 24 bits' },
  },
  dicom('tables of where its frames begin', async () => withOffsets(dicomOf(await jpegLs(wide), { syntax: '.4.80' }))),
  {
    ...dicom('a film, in one piece', () => dicomOf(Buffer.alloc(SIDE), { syntax: '.4.102', more: [[0x28, 8, 'IS', '5 ']] })), // prettier-ignore
    right: { refused: 'unsupported.dicom', says: '(H.264)' },
  },
  {
    ...dicom('JPEG XL', () => dicomOf(Buffer.alloc(SIDE), { syntax: '.4.110' })),
    right: { refused: 'unsupported.dicom', says: '(JPEG XL)' },
  },
];
