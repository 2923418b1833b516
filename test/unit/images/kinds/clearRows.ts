/**
 * Measured values that are wholly clear in a part, where files hold anything at all: the range is that of what is seen. And
 * transparency that lies behind further bands.
 */
import { encode, png, SIDE, tiff, values } from '../../../helpers/rasters.ts';
import { pngOf } from '../../../helpers/pngForms.ts';
import { grey, rgb } from '../../../helpers/scene.ts';
import { near } from './row.ts';
import type { Right, Row } from './row.ts';

const isLeft = (place: number) => place % SIDE < SIDE / 2;
const seenOnWhite: Right = { stretched: grey, valid: (place) => !isLeft(place), rest: 255 };
const measured = values(200, 3200);
const alpha = grey.map((_, place) => (isLeft(place) ? 0 : 65535));
/** Bands pixel by pixel, the left half of each at one value. */
const beneath = (value: number, ...bands: (readonly number[])[]) =>
  grey.flatMap((_, place) => bands.map((band) => (isLeft(place) ? value : band[place]!)));
const withAlpha = (numbers: readonly number[], bands: number, opaque = 65535) =>
  grey.flatMap((_, place) => [...numbers.slice(bands * place, bands * (place + 1)), alpha[place]! === 0 ? 0 : opaque]);
const three = [measured, measured, measured];
const behind = (count: number) => Array<number>(count).fill(0);

export const clearRows: readonly Row[] = [
  ...[0, 5, 30000, 65535].map((value): Row => ({
    kind: `colours of 12 bits over ${value}, which is clear`,
    file: () => tiff({ type: 'u16', samples: 4, photometric: 2, extra: [2], pixels: encode(withAlpha(beneath(value, ...three), 3), 'u16') }), // prettier-ignore
    right: seenOnWhite,
  })),
  {
    kind: 'floats of colours over a large one, which is clear',
    file: () =>
      tiff({
        ...{ type: 'f32', samples: 4, photometric: 2, extra: [2] },
        pixels: encode(withAlpha(beneath(9e6, ...three), 3, 1), 'f32'),
      }),
    right: seenOnWhite,
  },
  {
    kind: 'grey of 12 bits over 30000, which is clear',
    file: () => tiff({ type: 'u16', samples: 2, extra: [2], pixels: encode(withAlpha(beneath(30000, measured), 1), 'u16') }), // prettier-ignore
    right: seenOnWhite,
  },
  {
    kind: 'PNG of 12 bits in 16 of which one value is clear',
    file: () => png(encode(beneath(30000, measured), 'u16', false), 16, false, [['tRNS', Buffer.of(0x75, 0x30)]]),
    right: seenOnWhite,
  },
  {
    kind: 'PNG of colours of 12 bits in 16 with transparency',
    file: () =>
      pngOf({
        ...{ width: SIDE, height: SIDE, bits: 16, colour: 6 },
        pixels: encode(withAlpha(beneath(40000, ...three), 3), 'u16', false),
      }),
    right: seenOnWhite,
  },
  {
    kind: 'transparency behind colours and infrared',
    file: () =>
      tiff({
        ...{ samples: 5, photometric: 2, extra: [0, 2] },
        pixels: Buffer.from(grey.flatMap((level, i) => [...rgb.slice(3 * i, 3 * i + 3), 255 - level, isLeft(i) ? 0 : 255])), // prettier-ignore
      }),
    right: near(0.01, rgb.map((level, i) => (isLeft(Math.floor(i / 3)) ? 255 : level))), // prettier-ignore
    notes: ['note.bands'],
  },
  {
    kind: 'transparency behind five measured bands',
    file: () =>
      tiff({
        ...{ type: 'u16', samples: 6, extra: [...behind(4), 2] },
        pixels: encode(withAlpha(beneath(30000, ...three, grey, grey), 5), 'u16'),
      }),
    right: seenOnWhite,
    notes: ['note.bands'],
  },
  {
    kind: 'transparency behind grey and another band',
    file: () => tiff({ type: 'u16', samples: 3, extra: [0, 2], pixels: encode(withAlpha(beneath(9, measured, grey), 2), 'u16') }), // prettier-ignore
    right: seenOnWhite,
    notes: ['note.bands'],
  },
];
