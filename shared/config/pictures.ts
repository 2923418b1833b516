/** The settings of what a network is shown: how files become pictures, and pictures views. */
import { z } from 'zod';
import { MOST_BANDS } from '../input.ts';
import { meta, probability, section } from '../setting.ts';

export const AugmentConfig = section({
  cropScaleMin: meta(
    z.number().gt(0).max(1).default(0.2),
    'Smallest crop',
    'of the area',
    'paper, Sec. 3 (RandomResizedCrop scale [0.2, 1])',
  ),
  cropScaleMax: meta(z.number().gt(0).max(1).default(1), 'Largest crop', 'of the area', 'paper, Sec. 3', true),
  cropRatioMin: meta(
    z
      .number()
      .gt(0)
      .max(1)
      .default(3 / 4),
    'Narrowest crop',
    'width / height',
    'torchvision RandomResizedCrop',
    true,
  ),
  cropRatioMax: meta(
    z
      .number()
      .min(1)
      .max(10)
      .default(4 / 3),
    'Widest crop',
    'width / height',
    'torchvision RandomResizedCrop',
    true,
  ),
  flip: meta(probability.default(0.5), 'Mirror', 'probability', 'paper, Sec. 3'),
  verticalFlip: meta(
    probability.default(0),
    'Upside down',
    'probability',
    'for microscopy and aerial images, which have no up',
  ),
  jitter: meta(probability.default(0.8), 'Colour jitter', 'probability', 'paper, Sec. 3; 0 where colour matters'),
  brightness: meta(z.number().min(0).max(1).default(0.4), 'Brightness change', '±', 'paper, Sec. 3', true),
  contrast: meta(z.number().min(0).max(1).default(0.4), 'Contrast change', '±', 'paper, Sec. 3', true),
  saturation: meta(z.number().min(0).max(1).default(0.4), 'Saturation change', '±', 'paper, Sec. 3', true),
  hue: meta(z.number().min(0).max(0.5).default(0.1), 'Hue change', '± turns', 'paper, Sec. 3', true),
  grayscale: meta(probability.default(0.2), 'Greyscale', 'probability', 'paper, Sec. 3; 0 where colour matters'),
  blur: meta(probability.default(0.5), 'Gaussian blur', 'probability', "authors' code; off at 32 px and under"),
  blurSigmaMin: meta(
    z.number().gt(0).max(10).default(0.1),
    'Least blur',
    'px (sigma)',
    'SimCLR, as used by the paper',
    true,
  ),
  blurSigmaMax: meta(
    z.number().gt(0).max(10).default(2),
    'Most blur',
    'px (sigma)',
    'SimCLR, as used by the paper',
    true,
  ),
});

/** How measured values become pictures: the rule of a data set, which a run keeps. 8-bit colours are never touched. */
export const InputConfig = section({
  rule: meta(
    z.enum(['folder', 'file', 'fixed', 'photo']).default('folder'),
    'Measured values are shown',
    '',
    "by one range for the folder, so that its files compare; 'file': each by its own, 'fixed': from low to high, 'photo': by the whole range of their type",
  ),
  low: meta(z.number().nullable().default(null), 'Shown black', '', "for the rule 'fixed'", true),
  high: meta(z.number().nullable().default(null), 'Shown white', '', "for the rule 'fixed'", true),
  percentiles: meta(
    z.number().min(0).max(40).default(0.2),
    'Left out at each end',
    '%',
    'a few hot pixels must not set the range',
    true,
  ),
  ranges: meta(
    z.string().default(''),
    'Ranges of the folder',
    '',
    "measured when the folder is read, for each kind of file: 'uint16x1 125..600'; empty: each file by its own",
    true,
  ),
  bands: meta(
    z.union([z.string(), z.int().min(1)]).default(''),
    'Bands',
    '',
    "'3,2,1': which are red, green and blue, or the one shown grey; empty: as the file says, else the first three",
    true,
  ),
  page: meta(
    z.union([z.int().min(1), z.enum(['auto', 'max', 'each'])]).default('auto'),
    'Page',
    '',
    "of a stack: a number, 'max' for the brightest value over all, 'each' for every page as a photo of its own, or 'auto' for the one with the most to see",
    true,
  ),
  tiles: meta(
    z.int().min(0).max(8192).default(0),
    'Tiles',
    'px',
    'side of the tiles that images of more than one and a half of them are cut into, each a photo of its own; those of one tone are left out; 0: images stay whole',
  ),
  overlap: meta(
    z.int().min(0).max(4096).default(0),
    'Overlap of tiles',
    'px',
    'so that what lies on a cut is whole in one of them; at most half a tile',
    true,
  ),
  channels: meta(
    z.union([z.int().min(1).max(MOST_BANDS), z.enum(['colour', 'grey'])]).default('colour'),
    'Trained on',
    'bands',
    "'colour': red, green and blue, as given weights expect them; 'grey'; or a number: so many bands as they are",
  ),
  depth: meta(
    z.int().min(8).max(16).multipleOf(8).default(8),
    'Bits kept of a band',
    'bits',
    '256 steps from black to white are enough to be seen; 16 keeps those of measured bands, for twice the cache',
    true,
  ),
  statistics: meta(
    z.string().default(''),
    'Means of the bands',
    '',
    "measured with the ranges: mean and deviation of each band between black and white, '5 0.31/0.2, ...'; empty: 0.449/0.226",
    true,
  ),
});
