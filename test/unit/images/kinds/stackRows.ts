/** Stacks that say how many planes they have: such of which the end is missing, and such that are no pages. */
import { deflated, dicomOf } from '../../../helpers/dicomForms.ts';
import { encode, SIDE, tiff, values } from '../../../helpers/rasters.ts';
import type { Page } from '../../../helpers/rasters.ts';
import { grey, rgb } from '../../../helpers/scene.ts';
import { inGrey, stretched } from './row.ts';
import type { Right, Row } from './row.ts';

const cut: Right = { refused: 'truncated.announced' };
const measured = encode(values(80, 4095), 'u16');
const noise = encode(values(80, 83), 'u16');
const page = (pixels: Buffer, more: Partial<Page> = {}): Page => ({ type: 'u16', pixels, ...more });
const OME = '<OME><Image><Pixels SizeC="1" SizeZ="3" SizeT="1" DimensionOrder="XYCZT"/></Image></OME>';
const shape = (planes: number) => `{"shape": [${planes}, ${SIDE}, ${SIDE}], "truncated": true}`;
/** Without its last directory, and most of the pixels before it. */
const short = (file: Buffer) => file.subarray(0, -4000);
const colours: Page = { samples: 3, photometric: 2, pixels: Buffer.from(rgb) };

export const stackRows: readonly Row[] = [
  {
    kind: 'a stack of OME without its last page',
    file: () => short(tiff(page(noise, { description: OME }), page(noise), page(measured))),
    right: cut,
  },
  {
    kind: 'a stack of ImageJ without its last page',
    file: () => short(tiff(page(noise, { description: 'ImageJ=1.53\nimages=2\nslices=2\n' }), page(measured))),
    right: cut,
  },
  {
    kind: 'planes of ImageJ of which the last is missing',
    file: () => tiff(page(Buffer.concat([noise, noise]), { description: 'ImageJ=1.53\nimages=3\nslices=3\n' })),
    right: cut,
  },
  {
    kind: 'pages for themselves, without the last one',
    file: () => short(tiff(colours, { ...colours, pixels: Buffer.from(rgb.map((level) => 255 - level)) })),
    right: cut,
  },
  {
    kind: 'a page that is said to be followed by one beyond the file',
    file: () => {
      const file = tiff(colours);
      file.writeUInt32LE(0xfffffff0, file.length - 4);
      return file;
    },
    right: cut,
  },
  {
    kind: 'a fax whose directory says only how it is compressed, before the file ends',
    file: () => tiff({ compression: 4, bits: 1, pixels: Buffer.alloc(64) }).subarray(0, -100),
    right: cut,
  },
  {
    kind: 'planes of tifffile behind one directory',
    file: () => tiff(page(Buffer.concat([noise, measured, noise]), { description: shape(3) })),
    right: stretched,
    notes: ['note.pages'],
  },
  ...[
    ['', ''],
    [' of ImageJ', 'ImageJ=1.53\nimages=300\nchannels=1\nframes=300\n'],
    [' of two channels', 'ImageJ=1.53\nimages=300\nchannels=2\nframes=150\nhyperstack=true\n'],
  ].map(([kind, description]): Row => ({
    kind: `the full hundredth of a stack${kind!}`,
    file: () => tiff(...Array.from({ length: 300 }, (_, i) => page(i >= 100 && i < 104 ? measured : noise, i === 0 ? { description: description! } : {}))), // prettier-ignore
    right: stretched,
    notes: description!.includes('hyper') ? ['note.channels', 'note.pages'] : ['note.pages'],
  })),
  {
    kind: 'the one full page of a thousand',
    file: () => tiff(...Array.from({ length: 1000 }, (_, i) => page(i === 778 ? measured : noise))),
    right: stretched,
    notes: ['note.pages'],
  },
  {
    kind: 'a volume whose planes are one page',
    file: () => tiff(page(Buffer.concat([noise, measured]), { depth: 2 })),
    right: { refused: 'unsupported.tiff-volume', says: '2 planes' },
  },
  {
    kind: 'PAM of five bands',
    file: () =>
      Buffer.concat([
        Buffer.from(`P7\nWIDTH ${SIDE}\nHEIGHT ${SIDE}\nDEPTH 5\nMAXVAL 255\nTUPLTYPE MULTI\nENDHDR\n`),
        Buffer.from(grey.flatMap((level) => [level, level, level, 0, 9])),
      ]),
    right: inGrey,
    notes: ['note.bands'],
  },
  {
    kind: 'a deflated DICOM without its last quarter',
    file: () => {
      const file = deflated(dicomOf(measured));
      return file.subarray(0, Math.floor(0.75 * file.length));
    },
    right: cut,
  },
  { kind: 'a DICOM that ends within its head', file: () => dicomOf(measured).subarray(0, 144), right: cut },
  {
    kind: 'a GIF whose last byte is that of its end by chance',
    file: () => {
      const head = Buffer.from('GIF89a\0\0\0\0\0\0\0', 'latin1');
      head.writeUInt16LE(SIDE, 6);
      head.writeUInt16LE(SIDE, 8);
      const descriptor = Buffer.from([0x2c, 0, 0, 0, 0, SIDE, 0, SIDE, 0, 0x80, ...Buffer.from('\0\0\0\xff\xff\xff', 'latin1')]); // prettier-ignore
      return Buffer.concat([head, descriptor, Buffer.from([2, 200, 0x84, 0x8f, 0x3b])]);
    },
    right: { refused: 'truncated.bytes' },
  },
];
