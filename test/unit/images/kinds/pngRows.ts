/** PNG whose colours are said by numbers or by their places, of the scene of rasters.ts. */
import { coloursIn, srgbCurve } from '../../../helpers/colourSpaces.ts';
import { rgbProfile, withPngProfile } from '../../../helpers/profiles.ts';
import { encode, png } from '../../../helpers/rasters.ts';
import { rgb } from '../../../helpers/scene.ts';
import { near } from './row.ts';
import type { Row } from './row.ts';

const word = (value: number) => encode([value], 'u32', false);
const in8 = (numbers: readonly number[]) => numbers.map((value) => Math.round(255 * value));
const in16 = (numbers: readonly number[]) =>
  encode(
    numbers.map((value) => Math.round(65535 * value)),
    'u16',
    false,
  );
const linear = rgbProfile('linear', 'srgb', [0]);

export const pngRows: readonly Row[] = [
  {
    kind: 'PNG of Display P3 by numbers',
    file: () =>
      png(in16(coloursIn('displayP3', srgbCurve, rgb)), 16, true, [['cICP', Buffer.of(12, 13, 0, 1)]]), // prettier-ignore
    right: near(1.5),
  },
  {
    kind: 'PNG of sRGB by numbers, beside a profile of something else',
    file: () => withPngProfile(png(Buffer.from(rgb), 8, true, [['cICP', Buffer.of(1, 13, 0, 1)]]), linear),
    right: near(0.1),
  },
  {
    kind: 'PNG of BT.2020 by the places of its colours, in linear light by gAMA',
    file: () =>
      png(in16(coloursIn('bt2020', (light) => light, rgb)), 16, true, [
        ['gAMA', word(100_000)],
        ['cHRM', Buffer.concat([31270, 32900, 70800, 29200, 17000, 79700, 13100, 4600].map(word))],
      ]),
    right: near(1.5),
  },
  {
    kind: 'PNG of Adobe RGB by the places of its colours',
    file: () =>
      png(Buffer.from(in8(coloursIn('adobeRgb', (light) => light ** (256 / 563), rgb))), 8, true, [
        ['cHRM', Buffer.concat([31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000].map(word))],
      ]),
    right: near(1),
  },
];
