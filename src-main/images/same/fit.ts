/**
 * Whether one photo is another: it is laid in all eight ways, its window moved and scaled and its brightness bent until
 * it fits (Lucas and Kanade 1981, coarse to fine), and what is left between the two is looked at place by place. A copy
 * leaves what compression leaves; of another moment something has moved, be it in one corner.
 */
import { halved, softened, turned } from './grey.ts';
import type { Grey } from './grey.ts';
import { judged } from './judge.ts';
import type { Judgement, Warp } from './judge.ts';
import { mostCorrelation } from './rough.ts';
import { solved } from './solve.ts';

export interface Fit extends Judgement {
  orientation: number;
  /** Correlation at 32 px, for pictures that are alike and not one. */
  coarse: number;
}

/** What is left of other moments begins at 3, of copies it ends at 2 (docs/duplicates.md). */
const MOST_LEFT = 2.5;

/** Whether a fit is that of one picture, made larger, smaller, brighter, turned or cut a little. */
export const samePicture = ({ worst, shownOfA, shownOfB }: Fit): boolean =>
  worst <= MOST_LEFT && Math.max(shownOfA, shownOfB) > 0.93;

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

/**
 * Whether two pictures of 16 px correlate by `least` once moved and scaled, laid as `a` is.
 * @param a without colours, as b
 */
export function isRoughly(a: Grey, b: Grey, least: number): boolean {
  let best = -1;
  for (const scale of starts) {
    const warp = aligned([a], [b], 0, 1, { x0: 0, sx: scale, y0: 0, sy: scale }, 6);
    let found = mostCorrelation(a, b, warp);
    if (found >= least) found = judged(a, b, warp).correlation;
    if (found >= least) return true;
    best = Math.max(best, found);
    if (best < FAR) break; // another start does not bring so much
  }
  return false;
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
