/**
 * Whether one photo is another: it is laid in all eight ways, its window moved and scaled and its brightness bent until
 * it fits (Lucas and Kanade 1981, coarse to fine), and what is left between the two is looked at place by place. A copy
 * leaves what compression leaves; of another moment something has moved, be it in one corner.
 */
import { halved, softened, turned, weights } from './grey.ts';
import type { Grey } from './grey.ts';

export interface Fit extends Judgement {
  orientation: number;
  /** Correlation at 32 px, for pictures that are alike and not one. */
  coarse: number;
}

interface Judgement {
  /** Correlation of what both show, after the fit; -1 to 1. */
  correlation: number;
  /** What is left in the worst place, in units of what a copy may leave there: 1 is the most. */
  worst: number;
  /** Shares of the two photos that the other shows. */
  shownOfA: number;
  shownOfB: number;
}

/** What is left of other moments begins at 3, of copies it ends at 2 (docs/duplicates.md). */
const MOST_LEFT = 2.5;

/** Whether a fit is that of one picture, made larger, smaller, brighter, turned or cut a little. */
export const samePicture = ({ worst, shownOfA, shownOfB }: Fit): boolean =>
  worst <= MOST_LEFT && Math.max(shownOfA, shownOfB) > 0.93;

/** Window of a in that of b: u = x0 + sx x, v = y0 + sy y, all in -1 to 1. */
interface Warp {
  x0: number;
  sx: number;
  y0: number;
  sy: number;
}

/** Grey levels that compression may leave after softening, and parts of a pixel that resizing may move an edge by. */
const NOISE = 2.5;
const SLACK = 0.22;
/** Share of the picture that must not be clipped for the curve to be of that alone. */
const CLEAR = 0.2;
/** Of what was clipped away, the share by which the edges of the clipped may differ. */
const CLIP = 0.3;
/** Grey levels by which what is clipped, or nearly, may differ more. */
const CLIPPED_NOISE = 3;
/** A copy is brightened by no more than this. */
const MOST_GAIN = 4;
/** Places along a side. */
const PLACES = 8;

/** Levels of a picture from 16 px to its own size, each softened. */
export function pyramid(grey: Grey): Grey[] {
  const levels = [grey];
  while (levels[0]!.size > 16) levels.unshift(halved(levels[0]!));
  return levels.map(softened);
}

/** Up to this side every start is tried; the best goes on. */
const coarse = 32;
/** Correlation there, below which two pictures are two. */
const promising = 0.9;
/** Correlation there, at which no other way to lay it is tried. */
const certain = 0.97;
/** Windows that are begun with: the whole, and a twelfth within or about it. */
const starts = [1, 0.92, 1 / 0.92];

/**
 * How well b is a, laid in the given ways.
 * @param a levels of pyramid(); both of one size
 * @param ways orientations of a that are tried; the best is answered
 */
export function fit(a: readonly Grey[], b: readonly Grey[], ways: readonly number[]): Fit {
  const near = b.filter(({ size }) => size <= coarse).length;
  const tried: { orientation: number; warp: Warp; laid: readonly Grey[]; found: Judgement }[] = [];
  for (const orientation of ways) {
    const laid = orientation === 0 ? a : a.map((level) => turned(level, orientation));
    for (const scale of starts) {
      const warp = aligned(laid, b, 0, near, { x0: 0, sx: scale, y0: 0, sy: scale });
      tried.push({ orientation, warp, laid, found: judged(laid[near - 1]!, b[near - 1]!, warp) });
    }
    if (tried.some(({ found }) => found.correlation > certain)) break;
  }
  tried.sort((x, y) => y.found.correlation - x.found.correlation);
  const coarsely = tried[0]!.found.correlation;
  let best: Fit | null = null;
  for (const { orientation, warp, laid, found } of tried.slice(0, 2)) {
    const isFinest = near === b.length;
    if (!isFinest && found.correlation < promising) break;
    const fine = isFinest ? found : judged(laid.at(-1)!, b.at(-1)!, aligned(laid, b, near, b.length, warp));
    if (!best || fine.worst < best.worst) best = { orientation, coarse: coarsely, ...fine };
    if (best.worst < 1.5) break;
  }
  return best ?? { orientation: tried[0]!.orientation, coarse: coarsely, ...tried[0]!.found, worst: Infinity };
}

/** Correlation of two sketches after the first start, below which they are given up. */
const FAR = 0.7;

/** How alike two pictures of 16 px are once moved and scaled: the correlation, laid as `a` is. */
export function roughly(a: Grey, b: Grey): number {
  let best = -1;
  for (const scale of starts) {
    const warp = aligned([a], [b], 0, 1, { x0: 0, sx: scale, y0: 0, sy: scale }, 6);
    best = Math.max(best, judged(a, b, warp).correlation);
    if (best > certain || best < FAR) break; // another start does not bring so much
  }
  return best;
}

function aligned(a: readonly Grey[], b: readonly Grey[], from: number, to: number, start: Warp, most = 10): Warp {
  let warp = start;
  for (let at = from; at < to; at++) {
    const level = b[at]!;
    for (let step = 0; step < (level.size <= coarse ? most : 5); step++) {
      const next = improved(a[at]!, level, warp);
      if (!next) break;
      const moved = Math.max(...(['x0', 'sx', 'y0', 'sy'] as const).map((of) => Math.abs(next[of] - warp[of])));
      warp = next;
      if (moved * level.size < 0.03) break;
    }
  }
  return warp;
}

/** Bounds of a copy's window: a fifth may be cut away. */
const isPlausible = ({ x0, sx, y0, sy }: Warp) =>
  Math.min(sx, sy) > 0.75 && Math.max(sx, sy) < 1 / 0.75 && Math.abs(x0) < 0.3 && Math.abs(y0) < 0.3;

/** One step of Gauss and Newton; null where it leads nowhere. */
function improved(a: Grey, b: Grey, { x0, sx, y0, sy }: Warp): Warp | null {
  const { size } = b;
  const normal = new Float64Array(36);
  const right = new Float64Array(6);
  const row = new Float64Array(6);
  const half = size / 2;
  for (let y = 0; y < size; y++) {
    const ny = (y + 0.5) / half - 1;
    const v = (y0 + sy * ny + 1) * half - 0.5;
    if (v < 1 || v >= size - 2) continue;
    const v0 = Math.floor(v);
    const fv = v - v0;
    for (let x = 0; x < size; x++) {
      const nx = (x + 0.5) / half - 1;
      const u = (x0 + sx * nx + 1) * half - 0.5;
      if (u < 1 || u >= size - 2) continue;
      const u0 = Math.floor(u);
      const fu = u - u0;
      const at = v0 * size + u0;
      const [p, q, r, s] = [a.data[at]!, a.data[at + 1]!, a.data[at + size]!, a.data[at + size + 1]!];
      const value = (1 - fv) * ((1 - fu) * p + fu * q) + fv * ((1 - fu) * r + fu * s);
      const dx = ((1 - fv) * (q - p) + fv * (s - r)) * half;
      const dy = ((1 - fu) * (r - p) + fu * (s - q)) * half;
      row[0] = dx;
      row[1] = dx * nx;
      row[2] = dy;
      row[3] = dy * ny;
      row[4] = value;
      row[5] = 1;
      const target = b.data[y * size + x]!;
      for (let i = 0; i < 6; i++) {
        right[i]! += row[i]! * target;
        for (let j = i; j < 6; j++) normal[i * 6 + j]! += row[i]! * row[j]!;
      }
    }
  }
  // b = α a(W + δ) + β is linear in α δ, α and β
  const solution = solved(normal, right);
  if (!solution) return null;
  const alpha = solution[4]!;
  if (!(alpha > 0.1 && alpha < 10)) return null;
  const step = (i: number) => Math.max(-0.1, Math.min(0.1, solution[i]! / alpha));
  const next = { x0: x0 + step(0), sx: sx + step(1), y0: y0 + step(2), sy: sy + step(3) };
  return isPlausible(next) ? next : null;
}

/** The solution of a symmetric system of six, of which the upper half is given; null where it has none. */
function solved(upper: Float64Array, right: Float64Array): Float64Array | null {
  const n = right.length;
  const matrix = Float64Array.from(upper);
  const out = Float64Array.from(right);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) matrix[i * n + j] = matrix[j * n + i]!;
    matrix[i * n + i]! *= 1 + 1e-9;
  }
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i + 1; r < n; r++) if (Math.abs(matrix[r * n + i]!) > Math.abs(matrix[pivot * n + i]!)) pivot = r;
    if (!(Math.abs(matrix[pivot * n + i]!) > 1e-9)) return null;
    for (let c = 0; c < n && pivot !== i; c++)
      [matrix[i * n + c], matrix[pivot * n + c]] = [matrix[pivot * n + c]!, matrix[i * n + c]!];
    [out[i], out[pivot]] = [out[pivot]!, out[i]!];
    for (let r = i + 1; r < n; r++) {
      const factor = matrix[r * n + i]! / matrix[i * n + i]!;
      for (let c = i; c < n; c++) matrix[r * n + c]! -= factor * matrix[i * n + c]!;
      out[r]! -= factor * out[i]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let c = i + 1; c < n; c++) out[i]! -= matrix[i * n + c]! * out[c]!;
    out[i]! /= matrix[i * n + i]!;
  }
  return out;
}

/** What of a picture is compared, at the places that both show. */
interface Seen {
  brightness: Float32Array;
  red: Float32Array;
  blue: Float32Array;
}

/** Window of a as b shows it, and where it does. */
function sampled(a: Grey, size: number, { x0, sx, y0, sy }: Warp): Seen & { inside: Uint8Array } {
  const half = size / 2;
  const planes = [a.data, a.red, a.blue];
  const out = planes.map(() => new Float32Array(size * size));
  const inside = new Uint8Array(size * size);
  for (let y = 1; y < size - 1; y++) {
    const v = (y0 + sy * ((y + 0.5) / half - 1) + 1) * half - 0.5;
    if (v < 0 || v >= size - 1) continue;
    const fv = v - Math.floor(v);
    for (let x = 1; x < size - 1; x++) {
      const u = (x0 + sx * ((x + 0.5) / half - 1) + 1) * half - 0.5;
      if (u < 0 || u >= size - 1) continue;
      const fu = u - Math.floor(u);
      const at = Math.floor(v) * size + Math.floor(u);
      inside[y * size + x] = 1;
      planes.forEach((plane, i) => {
        const above = (1 - fu) * plane[at]! + fu * plane[at + 1]!;
        const below = (1 - fu) * plane[at + size]! + fu * plane[at + size + 1]!;
        out[i]![y * size + x] = (1 - fv) * above + fv * below;
      });
    }
  }
  return { brightness: out[0]!, red: out[1]!, blue: out[2]!, inside };
}

const greenOf = ({ brightness, red, blue }: Seen, at: number): number =>
  (brightness[at]! - weights.red * red[at]! - weights.blue * blue[at]!) / weights.green;
const isClipped = (seen: Seen, at: number): boolean => {
  const [r, g, b] = [seen.red[at]!, greenOf(seen, at), seen.blue[at]!];
  return Math.max(r, g, b) > 225 || Math.min(r, g, b) < 8;
};

/**
 * The curve that takes brightness of `from` to that of `to`, by what neither has clipped: a gain and an offset, and the
 * bend of a parabola where that leaves much less, which an exposure does not need and a curve does.
 */
function curveOf(from: Seen, to: Seen, inside: Uint8Array): Float64Array {
  const fitted = (counts: (at: number) => boolean) => {
    const normal = new Float64Array(9);
    const right = new Float64Array(3);
    let [count, squares] = [0, 0];
    for (let at = 0; at < inside.length; at++) {
      if (!inside[at] || !counts(at)) continue;
      count++;
      const [value, target] = [from.brightness[at]!, to.brightness[at]!];
      squares += target * target;
      const row = [1, value, (value * value) / 255];
      for (let i = 0; i < 3; i++) {
        right[i]! += row[i]! * target;
        for (let j = i; j < 3; j++) normal[i * 3 + j]! += row[i]! * row[j]!;
      }
    }
    const line = solved(Float64Array.of(normal[0]!, normal[1]!, 0, normal[4]!), right.subarray(0, 2));
    const bent = solved(normal, right);
    const left = (curve: Float64Array) => squares - curve.reduce((sum, c, i) => sum + c * right[i]!, 0);
    const straight = line && Float64Array.of(line[0]!, line[1]!, 0);
    const curve = bent && (!straight || left(bent) < 0.6 * left(straight)) ? bent : straight;
    return { count, curve };
  };
  const clear = fitted((at) => !isClipped(from, at) && !isClipped(to, at));
  if (clear.curve && clear.count > CLEAR * inside.length) return clear.curve;
  return fitted(() => true).curve ?? Float64Array.of(0, 1, 0);
}

/** What is left between b and the window of a, once the darker is brightened to fit, with what that clips. */
function judged(a: Grey, b: Grey, warp: Warp): Judgement {
  const { size } = b;
  const { inside, ...window } = sampled(a, size, warp);
  const own: Seen = { brightness: b.data, red: b.red, blue: b.blue };
  let [from, to]: [Seen, Seen] = [window, own];
  let curve = curveOf(from, to, inside);
  const gainAt = (value: number) => curve[1]! + (2 * curve[2]! * value) / 255;
  if (gainAt(128) < 1) {
    [from, to] = [own, window];
    curve = curveOf(from, to, inside);
  }
  const bend = (value: number) => curve[0]! + curve[1]! * value + (curve[2]! * value * value) / 255;
  const places = Array.from({ length: PLACES ** 2 }, () => ({ count: 0, left: 0, steep: 0 }));
  const sums = { n: 0, p: 0, t: 0, pp: 0, tt: 0, pt: 0 };
  for (let at = 0; at < inside.length; at++) {
    if (!inside[at]) continue;
    let [predicted, clipped] = [0, 0];
    const take = (weight: number, value: number) => {
      const shown = Math.max(0, Math.min(255, value));
      predicted += weight * shown;
      clipped += weight * Math.abs(value - shown);
    };
    take(weights.red, bend(from.red[at]!));
    take(weights.green, bend(greenOf(from, at)));
    take(weights.blue, bend(from.blue[at]!));
    const target = to.brightness[at]!;
    sums.n++;
    sums.p += predicted;
    sums.t += target;
    sums.pp += predicted * predicted;
    sums.tt += target * target;
    sums.pt += predicted * target;
    const place =
      places[Math.floor((Math.floor(at / size) * PLACES) / size) * PLACES + Math.floor(((at % size) * PLACES) / size)]!;
    place.count++;
    const spared = CLIP * clipped + (isClipped(from, at) || isClipped(to, at) ? CLIPPED_NOISE : 0);
    place.left += Math.max(0, Math.abs(predicted - target) - spared) ** 2;
    const slope = (by: number) => (to.brightness[at + by]! - to.brightness[at - by]!) / 2;
    const isWithin = inside[at - 1] && inside[at + 1] && inside[at - size] && inside[at + size];
    if (isWithin) place.steep += slope(1) ** 2 + slope(size) ** 2;
  }
  const n = Math.max(1, sums.n);
  const covariance = sums.pt / n - (sums.p * sums.t) / n ** 2;
  const [p, t] = [sums.pp / n - (sums.p / n) ** 2, sums.tt / n - (sums.t / n) ** 2];
  const shown = sums.n / (size - 2) ** 2;
  const ratios = places.flatMap(({ count, left, steep }) =>
    count < (size / PLACES) ** 2 / 4 ? [] : [left / count / (NOISE ** 2 + (SLACK ** 2 * steep) / count)],
  );
  const isBent = gainAt(128) > MOST_GAIN || ratios.length < PLACES ** 2 / 3;
  return {
    correlation: covariance / Math.sqrt(Math.max(1e-9, p * t)),
    worst: isBent ? Infinity : Math.sqrt(Math.max(...ratios)),
    shownOfB: shown,
    shownOfA: Math.min(1, shown * warp.sx * warp.sy),
  };
}
