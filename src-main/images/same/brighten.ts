/** How the darker of two pictures is brightened to fit the other, and what that clips. */
import { weights } from './grey.ts';
import { solved } from './solve.ts';

/** A copy is brightened by no more than this. */
export const MOST_GAIN = 4;

/** What of a picture is compared, at the places that both show. */
export interface Seen {
  brightness: Float32Array; // [size, size], and so the others
  red: Float32Array;
  blue: Float32Array;
  /** Standard deviation of brightness within each place. */
  spread: Float32Array;
}

const greenOf = ({ brightness, red, blue }: Seen, at: number): number =>
  (brightness[at]! - weights.red * red[at]! - weights.blue * blue[at]!) / weights.green;
/** So bright or dark that part of the place may have been clipped. */
export const isClippedAt = (value: number): boolean => value > 225 || value < 8;
export const isClipped = (seen: Seen, at: number): boolean => {
  const [r, g, b] = [seen.red[at]!, greenOf(seen, at), seen.blue[at]!];
  return isClippedAt(Math.max(r, g, b)) || isClippedAt(Math.min(r, g, b));
};

/** Brightness `x` becomes c0 + c1 x + c2 x² / 255. */
type Curve = Float64Array; // [3]

/** What a curve makes of a place, by out-parameters: it is asked for every pixel. */
interface Foretold {
  /** Brightness, with what is clipped. */
  brightness: number;
  /** Grey levels that clipping took. */
  clipped: number;
  /** Share of the place that is not clipped. */
  clear: number;
  /** Derivative of brightness by the curve. */
  by: Float64Array; // [3]
}

export const untold = (): Foretold => ({ brightness: 0, clipped: 0, clear: 0, by: new Float64Array(3) });

/** Standard deviations of a logistic distribution that is much like a normal one of deviation one. */
const LOGISTIC = 0.59;

/**
 * The place under the curve. A place is the mean of many pixels of which some are clipped before the mean is taken, so
 * what it loses is the expectation over how much it varies within, not what its mean loses.
 */
export function foretell(from: Seen, at: number, curve: Curve, out: Foretold): void {
  out.brightness = 0;
  out.clipped = 0;
  out.clear = 0;
  out.by.fill(0);
  if (from.red === from.brightness) {
    channel(1, from.brightness[at]!, from.spread[at]!, curve, out); // without colours all three are one
    return;
  }
  channel(weights.red, from.red[at]!, from.spread[at]!, curve, out);
  channel(weights.green, greenOf(from, at), from.spread[at]!, curve, out);
  channel(weights.blue, from.blue[at]!, from.spread[at]!, curve, out);
}

function channel(weight: number, x: number, spread: number, curve: Curve, out: Foretold): void {
  const bend = (curve[2]! * x) / 255;
  const value = curve[0]! + (curve[1]! + bend) * x;
  const width = LOGISTIC * spread * Math.abs(curve[1]! + 2 * bend);
  let clear = weight;
  let kept = value;
  if (isAtAnEnd(value, width)) {
    const above = beyond(value - 255, width);
    const below = beyond(-value, width);
    clear *= Math.max(0, 1 - shareBeyond(value - 255, width) - shareBeyond(-value, width));
    kept += below - above;
    out.clipped += weight * (above + below);
  }
  out.brightness += weight * kept;
  out.clear += clear;
  out.by[0]! += clear;
  out.by[1]! += clear * x;
  out.by[2]! += (clear * x * x) / 255;
}

/** Whether any of the values about `value` is clipped: of most places none is. */
const isAtAnEnd = (value: number, width: number): boolean => {
  const near = width < 0.3 ? 0 : 8 * width;
  return value <= near || value >= 255 - near;
};

/** By how much values about `value` are above zero, in the mean, and which share of them is. */
const beyond = (value: number, width: number): number => {
  if (width < 0.3 || Math.abs(value) > 8 * width) return Math.max(0, value);
  return width * Math.log1p(Math.exp(value / width));
};
const shareBeyond = (value: number, width: number): number => {
  if (width < 0.3 || Math.abs(value) > 8 * width) return value > 0 ? 1 : 0;
  return 1 / (1 + Math.exp(-value / width));
};

/** Grey levels from which what is left pulls no harder at a curve: something that moved is not to bend it. */
const HUBER = 8;
const STEPS = 4;
/** Mean square of what is left, in grey levels, at which no other curve is tried. */
export const CLOSE = 1;

export interface Fitted {
  curve: Curve;
  /** Mean square of what is left, and its share of the variance that it has to explain. */
  error: number;
  left: number;
  /** Of the middle brightness. */
  gain: number;
}

/**
 * The curve that takes brightness of `from` to that of `to`, with what it clips: a gain and an offset, and the bend of a
 * parabola where that leaves much less, which an exposure does not need and a curve does.
 */
export function curveOf(from: Seen, to: Seen, inside: Uint8Array): Fitted {
  // every fourth place of a large picture says as much
  const size = Math.sqrt(inside.length);
  const apart = size > 16 ? 2 : 1;
  const places: number[] = [];
  for (let y = 0; y < size; y += apart)
    for (let x = 0; x < size; x += apart) if (inside[y * size + x]) places.push(y * size + x);
  const clear = places.filter((at) => !isClipped(from, at) && !isClipped(to, at));
  const [dark, bright] = [from, to].map(({ brightness }) =>
    moments(brightness, clear.length > places.length / 20 ? clear : places),
  ) as [Moments, Moments];
  const [all, own] = [moments(to.brightness, places), moments(from.brightness, places)];
  const slope = Math.max(0.3, Math.min(MOST_GAIN, bright.spread / Math.max(1, dark.spread)));
  const told = untold();

  const refined = (start: Curve, n: number): { curve: Curve; left: number } => {
    let curve = start;
    let best = { curve, left: Infinity };
    let before = Infinity;
    for (let step = 0; step <= STEPS; step++) {
      const normal = new Float64Array(n * n);
      const right = new Float64Array(n);
      let left = 0;
      for (const at of places) {
        foretell(from, at, curve, told);
        const error = to.brightness[at]! - told.brightness;
        const levels = Math.abs(error);
        const weight = levels > HUBER ? HUBER / levels : 1;
        left += levels > HUBER ? HUBER * (2 * levels - HUBER) : error * error;
        for (let i = 0; i < n; i++) {
          right[i]! += weight * told.by[i]! * error;
          for (let j = i; j < n; j++) normal[i * n + j]! += weight * told.by[i]! * told.by[j]!;
        }
      }
      if (left < best.left) best = { curve, left };
      const change = step < STEPS && left < 0.98 * before ? solved(normal, right) : null;
      before = left;
      if (!change) break;
      curve = curve.map((c, i) => c + (change[i] ?? 0));
    }
    return best;
  };
  const straight = refined(Float64Array.of(bright.mean - slope * dark.mean, slope, 0), 2);
  const bent = straight.left > CLOSE * places.length ? refined(straight.curve, 3) : straight;
  const isRising = bent.curve[1]! > 0 && bent.curve[1]! + 2 * bent.curve[2]! > 0;
  const { curve, left } = isRising && bent.left < 0.6 * straight.left ? bent : straight;
  return {
    curve,
    error: left / Math.max(1, places.length),
    left: left / Math.max(1, places.length) / Math.max(1, all.spread ** 2),
    gain: curve[1]! + (2 * curve[2]! * own.mean) / 255,
  };
}

interface Moments {
  mean: number;
  spread: number;
}
function moments(of: Float32Array, places: readonly number[]): Moments {
  let [sum, squares] = [0, 0];
  for (const at of places) {
    sum += of[at]!;
    squares += of[at]! ** 2;
  }
  const mean = sum / Math.max(1, places.length);
  return { mean, spread: Math.sqrt(Math.max(0, squares / Math.max(1, places.length) - mean * mean)) };
}
