/** The picture while it is drawn: squares of floating-point colours, and what happens to a whole one. */
import type { Random } from '../../src-main/app/sample/random.ts';
import type { Points } from './noise.ts';

export interface Canvas {
  /** Pixels of a side. */
  side: number;
  /** [side, side, 3], 0 to 1 */
  pixels: Float32Array;
}

export const emptyCanvas = (side: number): Canvas => ({ side, pixels: new Float32Array(3 * side * side) });

/**
 * Where each of side x side pixels lies in a texture: a window `zoom` units wide, turned by `turn` radians, centred on
 * x, y.
 */
export function planeOf(
  side: number,
  { zoom, turn, x, y }: { zoom: number; turn: number; x: number; y: number },
): Points {
  const [u, v] = [new Float32Array(side * side), new Float32Array(side * side)];
  const [c, s] = [Math.cos(turn) * zoom, Math.sin(turn) * zoom];
  for (let py = 0; py < side; py++)
    for (let px = 0; px < side; px++) {
      const [dx, dy] = [(px + 0.5) / side - 0.5, (py + 0.5) / side - 0.5];
      u[py * side + px] = c * dx - s * dy + x;
      v[py * side + px] = s * dx + c * dy + y;
    }
  return { u, v };
}

/** [1 2 1] along both axes, `times` times. */
export function blur({ side, pixels }: Canvas, times: number): void {
  const line = new Float32Array(side);
  const along = (start: number, stride: number): void => {
    for (let i = 0; i < side; i++) line[i] = pixels[start + i * stride]!;
    for (let i = 0; i < side; i++) {
      const [before, after] = [line[Math.max(0, i - 1)]!, line[Math.min(side - 1, i + 1)]!];
      pixels[start + i * stride] = 0.25 * before + 0.5 * line[i]! + 0.25 * after;
    }
  };
  for (let k = 0; k < times; k++)
    for (let i = 0; i < side; i++)
      for (let c = 0; c < 3; c++) {
        along(3 * i * side + c, 3);
        along(3 * i + c, 3 * side);
      }
}

/** Exposure, tint, haze and noise of a camera, halved to bytes [side / 2, side / 2, 3]. */
export function developed(random: Random, { side, pixels }: Canvas): Uint8Array {
  const half = side / 2;
  const out = new Uint8Array(3 * half * half);
  const gain = [0, 1, 2].map(() => Math.exp(random.between(-0.12, 0.12)));
  const exposure = Math.exp(random.between(-0.35, 0.35));
  const gamma = Math.exp(random.between(-0.25, 0.25));
  const haze = random.chance(0.3) ? random.between(0, 0.35) : 0;
  const noise = random.chance(0.5) ? random.between(0, 0.04) : 0;
  const [slopeX, slopeY] = [random.between(-0.3, 0.3), random.between(-0.3, 0.3)];
  for (let y = 0; y < half; y++)
    for (let x = 0; x < half; x++) {
      const light = exposure * (1 + slopeX * (x / half - 0.5) + slopeY * (y / half - 0.5));
      for (let c = 0; c < 3; c++) {
        const at = 3 * (2 * y * side + 2 * x) + c;
        const mean = (pixels[at]! + pixels[at + 3]! + pixels[at + 3 * side]! + pixels[at + 3 * side + 3]!) / 4;
        const lit = Math.max(0, Math.min(1, mean * gain[c]! * light)) ** gamma;
        const value = lit * (1 - haze) + 0.75 * haze + (noise > 0 ? random.between(-noise, noise) : 0);
        out[3 * (y * half + x) + c] = Math.max(0, Math.min(255, Math.round(255 * value)));
      }
    }
  return out;
}
