/**
 * The most that judge.ts can find two pictures of 16 px alike, at a fraction of its cost: of a collection's proposals
 * nearly all are look-alikes that this gives up.
 */
import { isClippedAt } from './brighten.ts';
import type { Warp } from './judge.ts';
import type { Grey } from './grey.ts';

/**
 * An upper bound of the correlation of b with the window of a after any curve of brightness (a parabola, one way or the
 * other): that of the best parabola, by least squares. 1 where something may be clipped, which a parabola does not tell.
 * @param a without colours, as b, and of its size
 */
export function mostCorrelation(a: Grey, b: Grey, { x0, sx, y0, sy }: Warp): number {
  const { size } = b;
  const half = size / 2;
  let n = 0;
  // sums of powers of p, the window, and t, the target
  let [p1, p2, p3, p4, t1, t2, t3, t4, pt, ppt, ptt] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let y = 1; y < size - 1; y++) {
    const v = (y0 + sy * ((y + 0.5) / half - 1) + 1) * half - 0.5;
    if (v < 0 || v >= size - 1) continue;
    const line = Math.floor(v);
    const fv = v - line;
    for (let x = 1; x < size - 1; x++) {
      const u = (x0 + sx * ((x + 0.5) / half - 1) + 1) * half - 0.5;
      if (u < 0 || u >= size - 1) continue;
      const fu = u - Math.floor(u);
      const at = line * size + Math.floor(u);
      const above = (1 - fu) * a.data[at]! + fu * a.data[at + 1]!;
      const below = (1 - fu) * a.data[at + size]! + fu * a.data[at + size + 1]!;
      const window = (1 - fv) * above + fv * below;
      const target = b.data[y * size + x]!;
      if (isClippedAt(window) || isClippedAt(target)) return 1;
      const [p, t] = [window / 128 - 1, target / 128 - 1]; // about zero, so that powers keep their digits
      n++;
      p1 += p;
      p2 += p * p;
      p3 += p * p * p;
      p4 += p * p * p * p;
      t1 += t;
      t2 += t * t;
      t3 += t * t * t;
      t4 += t * t * t * t;
      pt += p * t;
      ppt += p * p * t;
      ptt += p * t * t;
    }
  }
  if (n === 0) return 0;
  const [p, t] = [p1 / n, t1 / n];
  const covariance = pt / n - p * t;
  const [ofP, ofT] = [p2 / n - p * p, t2 / n - t * t];
  return Math.max(
    bent(ofP, p3 / n - (p * p2) / n, p4 / n - (p2 / n) ** 2, covariance, ppt / n - (p2 / n) * t, ofT),
    bent(ofT, t3 / n - (t * t2) / n, t4 / n - (t2 / n) ** 2, covariance, ptt / n - (t2 / n) * p, ofP),
  );
}

/**
 * Multiple correlation of x and x² with y.
 * @param xx variance of x
 * @param xq covariance of x and x²
 * @param qq variance of x²
 * @param xy covariance of x and y
 * @param qy of x² and y
 * @param yy variance of y
 */
function bent(xx: number, xq: number, qq: number, xy: number, qy: number, yy: number): number {
  if (!(xx > 1e-12 && yy > 1e-12)) return 0;
  // what of x² a line of x does not say
  const rest = qq - (xq * xq) / xx;
  const own = rest > 1e-9 * qq ? (qy - (xq * xy) / xx) ** 2 / rest : 0;
  return Math.sqrt(Math.min(1, ((xy * xy) / xx + own) / yy));
}
