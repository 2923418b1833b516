/** PNG whose colours are said by numbers or by their places, of the scene of rasters.ts. */
import { coloursIn, srgbCurve } from '../../../helpers/colourSpaces.ts';
import { rgbProfile, withPngProfile } from '../../../helpers/profiles.ts';
import { encode, png } from '../../../helpers/rasters.ts';
import { rgb } from '../../../helpers/scene.ts';
import type { Chunk } from '../../../helpers/pngForms.ts';
import { near } from './row.ts';
import type { Right, Row } from './row.ts';

const word = (value: number) => encode([value], 'u32', false);
const in8 = (numbers: readonly number[]) => numbers.map((value) => Math.round(255 * value));
const in16 = (numbers: readonly number[]) =>
  encode(
    numbers.map((value) => Math.round(65535 * value)),
    'u16',
    false,
  );
const linear = rgbProfile('linear', 'srgb', [0]);

/** The scene as it is, beside these chunks; `damaged`: a bit of the last byte of the first one's content is turned. */
const asItIs = (kind: string, chunks: readonly Chunk[], damaged = false, right: Right = near(0)): Row => ({
  kind: `PNG ${kind}`,
  file: () => {
    const file = png(Buffer.from(rgb), 8, true, chunks);
    if (damaged) file[file.indexOf(chunks[0]![0]) + 3 + chunks[0]![1].length]! ^= 1;
    return file;
  },
  right,
});
const turnedExif = Buffer.from('MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0', 'latin1');
/** The scene as orientation 3 has it: half a turn. */
const halfTurn = rgb.map((_, i) => rgb[rgb.length - 3 - 3 * Math.floor(i / 3) + (i % 3)]!);

/** The scene as HLG writes it (BT.2100): a display multiplies its light by the fifth root of its lightness. */
const hlg = Array.from({ length: rgb.length / 3 }, (_, i) => {
  const shown = coloursIn('bt2020', (light) => light, rgb.slice(3 * i, 3 * i + 3)).map((light) => light * 0.203);
  const lightness = 0.2627 * shown[0]! + 0.678 * shown[1]! + 0.0593 * shown[2]!;
  return shown.map((light) => {
    const scene = light * Math.max(lightness, 1e-9) ** (-0.2 / 1.2);
    return scene <= 1 / 12
      ? Math.sqrt(3 * Math.max(0, scene))
      : 0.17883277 * Math.log(12 * scene - 0.28466892) + 0.55991073;
  });
}).flat();

export const pngRows: readonly Row[] = [
  asItIs('whose gamma is damaged', [['gAMA', word(100_000)]], true),
  asItIs('whose numbers of colours are damaged', [['cICP', Buffer.of(9, 16, 0, 1)]], true),
  asItIs('whose orientation is damaged', [['eXIf', turnedExif]], true),
  asItIs('whose gamma no light has', [['gAMA', word(0xffffffff)]]),
  asItIs('of two gammas, of which the first holds', [['gAMA', word(45_455)], ['gAMA', word(100_000)]]), // prettier-ignore
  asItIs('turned by EXIF as a JPEG has it', [['eXIf', Buffer.concat([Buffer.from('Exif\0\0'), turnedExif])]], false, near(0, halfTurn)), // prettier-ignore
  {
    kind: 'PNG of Display P3 by numbers',
    file: () =>
      png(in16(coloursIn('displayP3', srgbCurve, rgb)), 16, true, [['cICP', Buffer.of(12, 13, 0, 1)]]), // prettier-ignore
    right: near(1.5),
  },
  {
    kind: 'PNG of HLG by numbers, white at 203 nits of a display of 1000',
    file: () => png(in16(hlg), 16, true, [['cICP', Buffer.of(9, 18, 0, 1)]]),
    right: near(1),
  },
  {
    kind: 'PNG whose black is 16 and whose white is 235',
    file: () => png(Buffer.from(rgb.map((level) => Math.round(16 + (219 * level) / 255))), 8, true, [['cICP', Buffer.of(1, 13, 0, 0)]]), // prettier-ignore
    right: near(1),
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
