/**
 * How a photo becomes the input of the exported encoder, as data for other programs: in the ONNX file's metadata, in
 * config.json and in the model card. The arithmetic itself is images' evaluation transform.
 */
import type { RunConfig } from '../../shared/config.ts';
import { IMAGENET_MEAN, IMAGENET_STD, cropFraction, ruleKey } from '../images/index.ts';

export interface Preprocessing {
  image_size: number;
  /** The photo's short side after resizing, before the centre crop of image_size. */
  resize_short_side: number;
  /** The long side is cut to a whole number, not rounded (torchvision's Resize). */
  resize_long_side: 'truncated';
  crop: 'center';
  /** Of the crop's left and top edge: half to even, as Python's round (torchvision's CenterCrop). */
  crop_rounding: 'half-even';
  /** Embedded colour profiles are converted before anything else. */
  color_space: 'sRGB';
  interpolation: 'bilinear';
  antialias: true;
  rescale_factor: number;
  mean: number[];
  std: number[];
  color_order: 'RGB';
  /** How measured values (16-bit, float) became pictures, where the run had them: the settings of its `input`. */
  measured_values?: RunConfig['input'];
  layout: 'NCHW';
  description: string;
}

export function preprocessingOf({ imageSize, input }: Pick<RunConfig, 'imageSize' | 'input'>): Preprocessing {
  const short = Math.round(imageSize / cropFraction(imageSize));
  const mean = [...IMAGENET_MEAN];
  const std = [...IMAGENET_STD];
  return {
    image_size: imageSize,
    resize_short_side: short,
    resize_long_side: 'truncated',
    crop: 'center',
    crop_rounding: 'half-even',
    color_space: 'sRGB',
    interpolation: 'bilinear',
    antialias: true,
    rescale_factor: 1 / 255,
    mean,
    std,
    color_order: 'RGB',
    ...(ruleKey(input) === '' ? {} : { measured_values: input }),
    layout: 'NCHW',
    description:
      `Turn the photo upright (EXIF), convert an embedded colour profile to sRGB and the photo to RGB, resize its short ` +
      `side to ${short} px and its long side in proportion, int(long * ${short} / short), with Pillow's BILINEAR filter ` +
      `(antialiased), cut the central ${imageSize} x ${imageSize} from left round((width - ${imageSize}) / 2) and top ` +
      `round((height - ${imageSize}) / 2), as torchvision's Resize and CenterCrop do, divide by 255, subtract the mean, divide by the ` +
      'standard deviation, channels first.' +
      (ruleKey(input) === ''
        ? ''
        : ` Measured values are first mapped linearly from low to high of measured_values.ranges (by sample type and ` +
          `number of bands) to 0 to 255, cut off at both ends; NaN and nodata become 0.`),
  };
}

/**
 * timm resizes the short side to floor(size / crop_pct): the fraction that gives exactly our short side, which is
 * the round 0.875 where that does.
 */
export function cropPercentage({ image_size: size, resize_short_side: short }: Preprocessing): number {
  for (const candidate of [1, 0.875]) if (Math.floor(size / candidate) === short) return candidate;
  return Number((size / (short + 0.5)).toFixed(6));
}
