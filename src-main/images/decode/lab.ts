/** CIE L*a*b* to sRGB: relative to D50, or to the D65 that a TIFF names as its white. */
import { encodeSrgb } from './cicp.ts';
import type { Values } from './samples.ts';
import type { TiffPage } from './tiffPages.ts';
import { PHOTOMETRIC } from './tiffPages.ts';
import type { DecodedPixels } from './types.ts';

const D50 = [0.9642, 1, 0.8249] as const;
/** XYZ at D50 to linear sRGB, adapted by Bradford. */
const TO_RGB = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
] as const;

const D65 = [0.95047, 1, 1.08883] as const;
/** XYZ at D65 to linear sRGB. */
const FROM_D65 = [
  [3.2404542, -1.5371385, -0.4985314],
  [-0.969266, 1.8760108, 0.041556],
  [0.0556434, -0.2040259, 1.0572252],
] as const;
/** How near a chromaticity is to that of D65 (0.3127, 0.3290) where it is meant. */
const NEAR = 0.003;

const inverse = (t: number): number => (t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29));

/** Whether Lab is of a form that is converted: of 8 or 16 bits, of 16 with a sign, or of floats. */
export const isLab = ({ format, bits }: TiffPage): boolean =>
  format === 'float' || (format === 'unsigned' && (bits === 8 || bits === 16)) || (format === 'signed' && bits === 16);

/**
 * Bands L*, a*, b* to sRGB; a* and b* are signed in CIELab, and offset by the middle in ICCLab. Floats are what they say,
 * from 0 to 100; of 16 bits with a sign, as libvips writes them, lightness has none.
 */
export function labToSrgb(
  { width, height, bits, format, photometric, white }: TiffPage,
  bands: Values[],
): DecodedPixels {
  const [lightness, a, b] = bands as [Values, Values, Values];
  const unit = format !== 'float' && bits === 16 ? 256 : 1;
  const ofSixteen = photometric === PHOTOMETRIC.iccLab ? 65280 : 65535;
  const most = format === 'float' ? 100 : unit === 256 ? ofSixteen : 255;
  const signed = (value: number): number => {
    if (format !== 'unsigned') return value / unit;
    if (photometric === PHOTOMETRIC.iccLab) return value / unit - 128;
    const half = 128 * unit;
    return (value >= half ? value - 2 * half : value) / unit;
  };
  const isD65 = white !== null && Math.abs(white[0] - 0.3127) < NEAR && Math.abs(white[1] - 0.329) < NEAR;
  const [brightest, toRgb] = isD65 ? [D65, FROM_D65] : [D50, TO_RGB];
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const bright = format === 'signed' ? lightness[i]! & 0xffff : lightness[i]!;
    const fy = ((bright / most) * 100 + 16) / 116;
    const xyz = [
      inverse(fy + signed(a[i]!) / 500) * brightest[0],
      inverse(fy),
      inverse(fy - signed(b[i]!) / 200) * brightest[2],
    ];
    for (let c = 0; c < 3; c++) {
      const row = toRgb[c]!;
      const linear = row[0] * xyz[0]! + row[1] * xyz[1]! + row[2] * xyz[2]!;
      data[3 * i + c] = Math.round(255 * Math.min(1, Math.max(0, encodeSrgb(linear))));
    }
  }
  return { width, height, data };
}
