/**
 * What happens to one view, drawn: a pure function of (seed, epoch, image id, view), so that a resumed run, another
 * number of workers or another device sees the same views. The distributions are those of torchvision's
 * RandomResizedCrop and ColorJitter and of SimCLR's blur (paper, Sec. 3).
 */
import type { AugmentConfig } from '../../../shared/config.ts';
import type { Crop } from './kernels.ts';
import { idWords, philox, unit } from './philox.ts';
import type { Words } from './philox.ts';

export type JitterStep = 'brightness' | 'contrast' | 'saturation' | 'hue';

export interface Jitter {
  /** The four steps in the order they are applied; a step whose range is 0 is left out. */
  order: JitterStep[];
  /** Factors around 1. */
  brightness: number;
  contrast: number;
  saturation: number;
  /** Turns, -0.5 to 0.5. */
  hue: number;
}

/** Jitter of one band: factors around 1. */
export interface BandJitter {
  brightness: number;
  contrast: number;
}

export interface ViewParameters {
  /** In pixels of the source image. */
  crop: Crop;
  flip: boolean;
  verticalFlip: boolean;
  jitter: Jitter | null;
  /** For each band, where bands are not colours; `jitter` is then not used. */
  bands?: BandJitter[];
  grayscale: boolean;
  /** Standard deviation in pixels of the view; 0 is no blur. */
  blurSigma: number;
}

/**
 * Each decision has its own counter, so that changing one setting leaves every other draw as it was:
 * the key is (seed, epoch), the counter (block, view, id, id).
 */
const Block = { choices: 0, jitter: 1, rest: 2, firstCrop: 3, firstBand: 16 } as const;

/** torchvision tries this many crops before it takes the largest central one. */
const cropAttempts = 10;

/**
 * Draws the parameters of view `view` (0, 1, ...) of an image of `width` x `height` pixels in an epoch.
 * `seed` and `epoch` are whole numbers from 0 to 2^32 - 1. Of `bands` bands, which are not colours, nothing is drawn that
 * speaks of colours: no saturation, hue or grey; brightness and contrast of each by its own numbers.
 */
export function drawParameters(
  augment: AugmentConfig,
  seed: number,
  epoch: number,
  imageId: string,
  view: number,
  width: number,
  height: number,
  bands?: number,
): ViewParameters {
  const [id0, id1] = idWords(imageId);
  const draw = (block: number): Words => philox([block, view, id0, id1], seed, epoch);
  const choices = draw(Block.choices);
  const rest = draw(Block.rest);
  const jitters = unit(choices[1]) < augment.jitter;
  const colours = bands === undefined;
  return {
    crop: drawCrop(augment, width, height, (attempt) => draw(Block.firstCrop + attempt)),
    flip: unit(choices[0]) < augment.flip,
    verticalFlip: unit(rest[0]) < augment.verticalFlip,
    jitter: jitters
      ? drawJitter(colours ? augment : { ...augment, saturation: 0, hue: 0 }, draw(Block.jitter), rest[1])
      : null,
    ...(jitters &&
      !colours && {
        bands: Array.from({ length: bands }, (_, band) => drawBand(augment, draw(Block.firstBand + band))),
      }),
    grayscale: colours && unit(choices[2]) < augment.grayscale,
    blurSigma: unit(choices[3]) < augment.blur ? between(rest[2], augment.blurSigmaMin, augment.blurSigmaMax) : 0,
  };
}

/** RandomResizedCrop.get_params: area uniform, log of the aspect ratio uniform, ten attempts, then the centre. */
function drawCrop(augment: AugmentConfig, width: number, height: number, draw: (attempt: number) => Words): Crop {
  const { cropScaleMin, cropScaleMax, cropRatioMin, cropRatioMax } = augment;
  for (let attempt = 0; attempt < cropAttempts; attempt++) {
    const [areaWord, ratioWord, xWord, yWord] = draw(attempt);
    const area = width * height * between(areaWord, cropScaleMin, cropScaleMax);
    const ratio = Math.exp(between(ratioWord, Math.log(cropRatioMin), Math.log(cropRatioMax)));
    const w = Math.round(Math.sqrt(area * ratio));
    const h = Math.round(Math.sqrt(area / ratio));
    if (w > 0 && w <= width && h > 0 && h <= height)
      return { x: below(xWord, width - w + 1), y: below(yWord, height - h + 1), width: w, height: h };
  }
  const ratio = Math.min(Math.max(width / height, cropRatioMin), cropRatioMax);
  // At least a pixel: a 1 x 30,000 image has no crop of any wanted ratio.
  const w = Math.max(1, Math.min(width, Math.round(height * ratio)));
  const h = Math.max(1, Math.min(height, Math.round(width / ratio)));
  return { x: (width - w) >> 1, y: (height - h) >> 1, width: w, height: h };
}

/** A factor drawn uniformly from 1 - amount to 1 + amount, never negative. */
const range = (word: number, amount: number) => between(word, Math.max(0, 1 - amount), 1 + amount);

const drawBand = (augment: AugmentConfig, [first, second]: Words): BandJitter => ({
  brightness: range(first, augment.brightness),
  contrast: range(second, augment.contrast),
});

function drawJitter(augment: AugmentConfig, words: Words, orderWord: number): Jitter {
  const jitter = {
    brightness: range(words[0], augment.brightness),
    contrast: range(words[1], augment.contrast),
    saturation: range(words[2], augment.saturation),
    hue: between(words[3], -augment.hue, augment.hue),
  };
  return { order: permutation(orderWord).filter((step) => augment[step] > 0), ...jitter };
}

/** One of the 24 orders of the four steps. */
function permutation(word: number): JitterStep[] {
  const left: JitterStep[] = ['brightness', 'contrast', 'saturation', 'hue'];
  let index = below(word, 24);
  return [4, 3, 2, 1].map((n) => {
    const [step] = left.splice(index % n, 1);
    index = Math.floor(index / n);
    return step!;
  });
}

const between = (word: number, from: number, to: number): number => from + (to - from) * unit(word);
const below = (word: number, n: number): number => Math.floor(unit(word) * n);
