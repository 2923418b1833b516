/** CIE L*a*b* (D50, as TIFF has it) to sRGB. */
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

const inverse = (t: number): number => (t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29));

export const encodeSrgb = (linear: number): number =>
  linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;

/** Bands L*, a*, b* of 8 or 16 bits to sRGB; a* and b* are signed in CIELab, and offset by the middle in ICCLab. */
export function labToSrgb({ width, height, bits, photometric }: TiffPage, bands: Values[]): DecodedPixels {
  const [lightness, a, b] = bands as [Values, Values, Values];
  const unit = bits === 16 ? 256 : 1;
  const most = bits === 16 && photometric === PHOTOMETRIC.iccLab ? 65280 : unit === 256 ? 65535 : 255;
  const signed = (value: number): number => {
    if (photometric === PHOTOMETRIC.iccLab) return value / unit - 128;
    const half = 128 * unit;
    return (value >= half ? value - 2 * half : value) / unit;
  };
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const fy = ((lightness[i]! / most) * 100 + 16) / 116;
    const xyz = [inverse(fy + signed(a[i]!) / 500) * D50[0], inverse(fy), inverse(fy - signed(b[i]!) / 200) * D50[2]];
    for (let c = 0; c < 3; c++) {
      const row = TO_RGB[c]!;
      const linear = row[0] * xyz[0]! + row[1] * xyz[1]! + row[2] * xyz[2]!;
      data[3 * i + c] = Math.round(255 * Math.min(1, Math.max(0, encodeSrgb(linear))));
    }
  }
  return { width, height, data };
}
