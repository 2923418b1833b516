/**
 * Colour jitter and greyscale of many views [M, 3, S, S] in [0, 1], each by its own numbers [M, 1, 1, 1]; the
 * arithmetic is that of images/wasm/assembly/colour.ts.
 */
import type { Tensor } from '../graph.ts';
import {
  abs,
  add,
  addConstant,
  atLeast,
  clamp,
  div,
  floor,
  max,
  mean,
  mul,
  scale,
  slice,
  sub,
  sum,
} from '../ops/index.ts';

/** torchvision's luma weights (ITU-R 601-2). */
const LUMA = Float32Array.of(0.2989, 0.587, 0.114);

/** [M, 3, S, S] -> [M, 1, S, S] */
const greyOf = (x: Tensor): Tensor => sum(mul(x, x.graph.constant(LUMA, [1, 3, 1, 1])), [1], true);

/**
 * x factor + base (1 - factor), clamped, where base is the mean grey (contrast), the pixel's grey (saturation) or black
 * (brightness), as the shares say. A factor of 1 leaves x.
 */
export function blend(x: Tensor, factor: Tensor, meanShare: Tensor, greyShare: Tensor): Tensor {
  const grey = greyOf(x);
  const base = add(mul(mean(grey, [2, 3], true), meanShare), mul(grey, greyShare)); // [M, 1, S, S]
  const rest = mul(base, addConstant(scale(factor, -1), 1));
  return clamp(add(mul(x, factor), rest), 0, 1);
}

/** Turns the hue by `turns`; the largest and smallest channel stay, the three trade places between them. */
export function turnHue(x: Tensor, turns: Tensor): Tensor {
  const [r, g, b] = [0, 1, 2].map((c) => slice(x, 1, c, c + 1)) as [Tensor, Tensor, Tensor];
  const largest = max(x, [1], true); // [M, 1, S, S]
  const chroma = add(largest, max(scale(x, -1), [1], true));
  const red = atLeast(sub(r, largest), 0);
  const green = mul(atLeast(sub(g, largest), 0), addConstant(scale(red, -1), 1));
  const blue = addConstant(scale(add(red, green), -1), 1);
  const numerator = add(add(mul(red, sub(g, b)), mul(green, sub(b, r))), mul(blue, sub(r, g)));
  const divisor = add(chroma, atLeast(scale(chroma, -1), 0)); // a grey pixel has no hue
  const sector = add(scale(green, 2), scale(blue, 4));
  const turned = add(add(div(numerator, divisor), sector), scale(turns, 6));
  const hue = sub(turned, scale(floor(scale(turned, 1 / 6)), 6)); // [0, 6]
  const shifted = add(hue, x.graph.constant(Float32Array.of(5, 3, 1), [1, 3, 1, 1])); // [M, 3, S, S]
  const wrapped = sub(shifted, scale(atLeast(shifted, 6), 6));
  const share = clamp(addConstant(scale(abs(addConstant(wrapped, -2)), -1), 2), 0, 1); // min(k, 4 - k) within [0, 1]
  return sub(largest, mul(chroma, share));
}

/** Grey where `flag` is 1. */
export const toGrey = (x: Tensor, flag: Tensor): Tensor =>
  add(mul(x, addConstant(scale(flag, -1), 1)), mul(greyOf(x), flag));
