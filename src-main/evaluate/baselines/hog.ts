/**
 * Histograms of oriented gradients (Dalal and Triggs 2005): how much edge of which direction lies where. Cells of 4
 * pixels, nine directions without sign, blocks of 2 x 2 cells each brought to unit length; hard binning, as of a
 * baseline that anyone can write again.
 */
import { pictureBytes, SIDE } from './pictures.ts';

const CELL = 4;
const CELLS = SIDE / CELL;
export const DIRECTIONS = 9;
const BLOCKS = CELLS - 1;
/** Numbers of one picture: 7 x 7 blocks of 2 x 2 cells of 9 directions. */
export const HOG = BLOCKS * BLOCKS * 4 * DIRECTIONS;
/** Numbers of one picture before blocks: 8 x 8 cells of 9 directions. */
export const CELL_NUMBERS = CELLS * CELLS * DIRECTIONS;
/** Added to a block's length: pictures without edges stay near zero. */
const SOFTENING = 1e-3;

/** Histograms of pictures, [n, HOG]. @param pictures uint8 [n, 32, 32, channels] */
export function hog(pictures: Uint8Array, channels = 3): Float32Array {
  const length = pictureBytes(channels);
  const n = pictures.length / length;
  const out = new Float32Array(n * HOG);
  for (let i = 0; i < n; i++) {
    const cells = cellHistograms(pictures.subarray(i * length, (i + 1) * length), channels);
    let at = i * HOG;
    for (let y = 0; y < BLOCKS; y++)
      for (let x = 0; x < BLOCKS; x++) {
        const begin = at;
        let squares = 0;
        for (const [dy, dx] of [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ] as const)
          for (let k = 0; k < DIRECTIONS; k++) {
            const value = cells[((y + dy) * CELLS + x + dx) * DIRECTIONS + k]!;
            out[at++] = value;
            squares += value * value;
          }
        const scale = 1 / (Math.sqrt(squares) + SOFTENING);
        for (let k = begin; k < at; k++) out[k]! *= scale;
      }
  }
  return out;
}

/**
 * Gradient lengths of pictures by cell and direction [n, CELL_NUMBERS], each shared by the two directions that it lies
 * between: a stripe that turns a little changes them a little. @param pictures uint8 [n, 32, 32, channels] */
export function cellsOf(pictures: Uint8Array, channels: number): Float32Array {
  const length = pictureBytes(channels);
  const out = new Float32Array((pictures.length / length) * CELL_NUMBERS);
  for (let i = 0; i * length < pictures.length; i++)
    out.set(cellHistograms(pictures.subarray(i * length, (i + 1) * length), channels, true), i * CELL_NUMBERS);
  return out;
}

/** Gradient lengths of one picture by cell and direction [CELLS, CELLS, DIRECTIONS]. */
function cellHistograms(picture: Uint8Array, channels: number, shared = false): Float64Array {
  const grey = new Float64Array(SIDE * SIDE);
  for (let p = 0; p < grey.length; p++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += picture[channels * p + c]!;
    grey[p] = sum / (channels * 255);
  }
  const cells = new Float64Array(CELL_NUMBERS);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const p = y * SIDE + x;
      const gx = x > 0 && x < SIDE - 1 ? grey[p + 1]! - grey[p - 1]! : 0;
      const gy = y > 0 && y < SIDE - 1 ? grey[p + SIDE]! - grey[p - SIDE]! : 0;
      if (gx === 0 && gy === 0) continue;
      const angle = (Math.atan2(gy, gx) + Math.PI) % Math.PI;
      const cell = (Math.trunc(y / CELL) * CELLS + Math.trunc(x / CELL)) * DIRECTIONS;
      const length = Math.hypot(gx, gy);
      const at = (angle / Math.PI) * (shared ? DIRECTIONS : DIRECTIONS - 0.001);
      const direction = Math.trunc(at) % DIRECTIONS;
      const part = shared ? at - Math.trunc(at) : 0;
      cells[cell + direction]! += (1 - part) * length;
      if (part > 0) cells[cell + ((direction + 1) % DIRECTIONS)]! += part * length;
    }
  return cells;
}
