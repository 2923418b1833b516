/**
 * What is left between two pictures once one lies on the other: the darker is brightened to fit, with what that clips,
 * and the worst of 64 places counts.
 */
import { CLOSE, curveOf, foretell, isClipped, MOST_GAIN, untold } from './brighten.ts';
import type { Fitted, Seen } from './brighten.ts';
import type { Grey } from './grey.ts';

export interface Judgement {
  /** Correlation of what both show, after the fit; -1 to 1. */
  correlation: number;
  /** What is left in the worst place, in units of what a copy may leave there: 1 is the most. */
  worst: number;
  /** Shares of the two photos that the other shows. */
  shownOfA: number;
  shownOfB: number;
}

/** Window of a in that of b: u = x0 + sx x, v = y0 + sy y, all in -1 to 1. */
export interface Warp {
  x0: number;
  sx: number;
  y0: number;
  sy: number;
}

/** Grey levels that compression may leave after softening, and parts of a pixel that resizing may move an edge by. */
const NOISE = 2.5;
const SLACK = 0.22;
/** Of what was clipped away, the share by which the edges of the clipped may differ. */
const CLIP = 0.3;
/** Grey levels by which what is clipped, or nearly, may differ more. */
const CLIPPED_NOISE = 3;
/** Share of the two pictures that brightening must not have clipped: of white on white nothing is known. */
const LEAST_CLEAR = 0.15;
/** Places along a side. */
const PLACES = 8;

const spreadOf = (squares: Float32Array, brightness: Float32Array) =>
  squares.map((square, at) => Math.sqrt(Math.max(0, square - brightness[at]! ** 2)));

/** Window of a as b shows it, and where it does. */
function sampled(a: Grey, size: number, { x0, sx, y0, sy }: Warp): Seen & { inside: Uint8Array } {
  const half = size / 2;
  const planes = [...new Set([a.data, a.red, a.blue, a.squares])]; // without colours they are the brightness
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
  const of = (plane: Float32Array) => out[planes.indexOf(plane)]!;
  const brightness = of(a.data);
  return { brightness, red: of(a.red), blue: of(a.blue), spread: spreadOf(of(a.squares), brightness), inside };
}

/** Whether it is the second picture that was brightened: by what a curve either way leaves. */
function isForth(forth: Fitted, back: Fitted): boolean {
  if (forth.gain >= 1 !== back.gain >= 1) return forth.gain >= 1;
  return forth.gain >= 1 ? forth.left <= back.left : forth.gain >= back.gain;
}

/** What is left between b and the window of a, once the darker is brightened to fit, with what that clips. */
export function judged(a: Grey, b: Grey, warp: Warp): Judgement {
  const { size } = b;
  const { inside, ...window } = sampled(a, size, warp);
  const own: Seen = { brightness: b.data, red: b.red, blue: b.blue, spread: spreadOf(b.squares, b.data) };
  const forth = curveOf(window, own, inside);
  const back = forth.gain >= 1 && forth.error < CLOSE ? forth : curveOf(own, window, inside);
  const [from, to, { curve, gain }] =
    back === forth || isForth(forth, back) ? [window, own, forth] : [own, window, back];
  const places = Array.from({ length: PLACES ** 2 }, () => ({ count: 0, left: 0, steep: 0 }));
  const told = untold();
  let clear = 0;
  const sums = { n: 0, p: 0, t: 0, pp: 0, tt: 0, pt: 0 };
  for (let at = 0; at < inside.length; at++) {
    if (!inside[at]) continue;
    foretell(from, at, curve, told);
    const { brightness: predicted, clipped } = told;
    clear += told.clear;
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
  const isBent = gain > MOST_GAIN || ratios.length < PLACES ** 2 / 3 || clear < LEAST_CLEAR * n;
  return {
    correlation: covariance / Math.sqrt(Math.max(1e-9, p * t)),
    worst: isBent ? Infinity : Math.sqrt(Math.max(...ratios)),
    shownOfB: shown,
    shownOfA: Math.min(1, shown * warp.sx * warp.sy),
  };
}
