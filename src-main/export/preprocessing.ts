/**
 * How a photo becomes the input of the exported encoder, as data for other programs: in the ONNX file's metadata, in
 * config.json and in the model card. The arithmetic itself is images' evaluation transform.
 */
import type { RunConfig } from '../../shared/config.ts';
import { inputShape } from '../../shared/input.ts';
import { bandRanges, cropFraction, followed, normalisationOf, PHOTO_SPAN, ruleKey } from '../images/index.ts';

export interface Preprocessing {
  image_size: number;
  /** The photo's short side after resizing, before the centre crop of image_size. */
  resize_short_side: number;
  /** The long side is cut to a whole number, not rounded (torchvision's Resize). */
  resize_long_side: 'truncated';
  crop: 'center';
  /** How the crop's left and top edge are rounded: half to even, as Python's round (torchvision's CenterCrop). */
  crop_rounding: 'half-even';
  /** Embedded colour profiles are converted before anything else; bands are measured values, which have none. */
  color_space: 'sRGB' | 'none';
  interpolation: 'bilinear';
  antialias: true;
  rescale_factor: number;
  mean: number[];
  std: number[];
  color_order: 'RGB' | 'L' | 'bands';
  /**
   * Bands that are taken as they are, and from which value (0) to which (levels) each is mapped before it is resized: one
   * for all, one for each in the order of `chosen`, or, where there are more than `count`, one for each band of the file.
   */
  bands?: { count: number; chosen: string; levels: number; ranges: { kind: string; low: number[]; high: number[] }[] };
  /** How measured values (16-bit, float) became pictures, where the run had them: the settings of its `input`. */
  measured_values?: RunConfig['input'];
  layout: 'NCHW';
  description: string;
}

export function preprocessingOf({ imageSize, input }: Pick<RunConfig, 'imageSize' | 'input'>): Preprocessing {
  const short = Math.round(imageSize / cropFraction(imageSize));
  const { mean, std } = normalisationOf(input);
  const { channels, bytes, colour } = inputShape(input);
  const asBands = typeof input?.channels === 'number';
  const levels = bytes === 2 ? 65535 : 255;
  return {
    image_size: imageSize,
    resize_short_side: short,
    resize_long_side: 'truncated',
    crop: 'center',
    crop_rounding: 'half-even',
    color_space: asBands ? 'none' : 'sRGB',
    interpolation: 'bilinear',
    antialias: true,
    rescale_factor: 1 / levels,
    mean: [...mean],
    std: [...std],
    color_order: colour ? 'RGB' : asBands ? 'bands' : 'L',
    ...(asBands && { bands: { count: channels, chosen: String(input.bands), levels, ranges: bandRanges(input) } }),
    ...(ruleKey(input) === '' ? {} : { measured_values: followed(input) }),
    layout: 'NCHW',
    description: describe(imageSize, short, input, asBands ? levels : null),
  };
}

function describe(imageSize: number, short: number, input: RunConfig['input'], levels: number | null): string {
  const resize =
    `resize its short side to ${short} px and its long side in proportion, int(long * ${short} / short), with Pillow's ` +
    `BILINEAR filter (antialiased)`;
  const crop =
    `cut the central ${imageSize} x ${imageSize} from left round((width - ${imageSize}) / 2) and top ` +
    `round((height - ${imageSize}) / 2), as torchvision's Resize and CenterCrop do`;
  if (levels !== null)
    return (
      `Take the bands as they were measured (bands.chosen says which, from 1 or by name; empty: all of the file), ` +
      `${scaling(input, levels)} Then of each band ${resize}` +
      `${levels === 255 ? ', in 8 bits (mode L)' : ' on floats (mode F), rounding the result to whole levels'}, ${crop}, divide by ${levels}, ` +
      `subtract the mean of the band, divide by its standard deviation, channels first.`
    );
  const grey = input?.channels === 'grey';
  return (
    `Turn the photo upright (EXIF), lay what is transparent on white, convert an embedded colour profile to sRGB and the photo to ${grey ? 'RGB, then to grey (Pillow: convert("L"))' : 'RGB'}, ` +
    `${resize}, ${crop}, divide by 255, subtract the mean, divide by the standard deviation, channels first.` +
    (ruleKey(input) === '' ? '' : ` Measured values come first: ${scaling(input, null)}`)
  );
}

/** How measured values become the picture that an encoder is shown, where a run's rule has any. */
export const measuredValues = (
  input: RunConfig['input'],
): { measured_values: RunConfig['input']; measured_values_first: string } | Record<string, never> =>
  ruleKey(input) === '' ? {} : { measured_values: followed(input), measured_values_first: scaling(input, null) };

/** How values become levels, by the run's rule: of bands 0 to `levels`, of a picture (null) 0 to 255. */
function scaling(input: RunConfig['input'], levels: number | null): string {
  const most = levels ?? 255;
  const [ranges, kinds] =
    levels === null
      ? ['measured_values.ranges', 'sample type and number of bands; x2c and x3c: one range a channel']
      : ['bands.ranges', 'sample type'];
  const eight = levels === null ? '' : ' 8-bit values stay: their low and high are 0 and 255.';
  const linear = (from: string) =>
    `map ${levels === null ? 'them' : 'each'} linearly from ${from} to 0 to ${most}, floor((value - low) * ${most} / (high - low) + 0.5), cut off at both ends (where the file says that its lowest value is white, ${most} minus that); NaN, infinities and nodata become 0.`;
  const percent = input.percentiles;
  const own = `${percent} and ${100 - percent} percent of ${levels === null ? "the file's (of channels: each channel's)" : "the band's"} own valid values, sorted (a large file's by a sample of 65,536)`;
  const photos =
    levels === null
      ? ` 16-bit photos (PNG, TIFF) whose low and high lie ${PHOTO_SPAN * 65535} or more apart are not stretched: floor(value / 256).`
      : '';
  const channels =
    levels === null && /x[23]c /.test(input.ranges)
      ? ' Channels (x2c: green and magenta; x3c: red, green and blue) to which a file gives colours of its own (OME, ImageJ) are shown in those: each level times its colour, added up, cut off at 255.'
      : '';
  const pages =
    levels === null
      ? ' Of a file of several pages or planes measured_values.page names one from 1, max takes the brightest value of each place, and auto the one of at most 16, evenly taken, whose values lie farthest apart. Of more bands than three measured_values.bands are red, green and blue, from 1 or by name; empty: those that the file calls so, else the first three.'
      : '';
  const { rule } = followed(input);
  switch (rule) {
    case 'fixed':
      return linear(`measured_values.low to measured_values.high`) + pages + eight;
    case 'file':
      return (
        linear(`low to high, the values at ${own},`) +
        pages +
        photos +
        eight +
        (rule === input.rule ? '' : unused(input))
      );
    case 'photo':
      return levels === null
        ? 'take 16 bits by their upper byte, floor(value / 256), and floats of 0 to 1 times 255, rounded.'
        : linear(`the least to the greatest value of their type (floats: 0 to 1)`);
    default:
      return (
        linear(`low to high of ${ranges} (by ${kinds})`) +
        ` What is not listed there is mapped from ${own}. A DICOM file with a window is mapped by its window.` +
        pages +
        channels +
        photos +
        eight
      );
  }
}

/** Why the range that a run of an earlier version names is not the one that its values were mapped by. */
const unused = ({ low, high }: RunConfig['input']): string =>
  ` The run's own range, from ${low ?? 'nothing'} (black) to ${high ?? 'nothing'} (white), shows nothing and was not used; a DICOM file with a window was mapped by its window.`;

/**
 * timm resizes the short side to floor(size / crop_pct): the fraction that gives exactly our short side, which is
 * the round 0.875 where that does.
 */
export function cropPercentage({ image_size: size, resize_short_side: short }: Preprocessing): number {
  for (const candidate of [1, 0.875]) if (Math.floor(size / candidate) === short) return candidate;
  return Number((size / (short + 0.5)).toFixed(6));
}
