/**
 * Edges and colours by place, centred and whitened: the best of what costs nothing. The edges of each cell and the
 * colours around it, each brought to one length, so that a bright photo counts no more than a dim one; then principal
 * directions that count alike, as of the readout (readout.ts), which no direction of light or background outweighs.
 */
import { CELL_NUMBERS, cellsOf, DIRECTIONS } from './hog.ts';
import { SIDE, shrunk } from './pictures.ts';
import { fitPrincipal, project } from './principal.ts';
import type { Principal } from './principal.ts';

/** Directions kept, and what is added to each variance, as a share of their mean. */
const COMPONENTS = 128;
const DAMPING = 0.1;
/** Colours are means of 4 x 4 px. */
const FACTOR = 4;
const coloursOf = (channels: number): number => channels * (SIDE / FACTOR) ** 2;
/** Added to the length of a cell's edges: a cell of 16 px without any stays near zero. */
const SOFTENING = 0.3;
/** Squared length that is rounding: of float32 sums around their mean. */
const NOTHING = 1e-10;

export interface WhitenedEdges {
  /** What is taken away before each block is brought to one length [d]. */
  centre: Float64Array;
  /** Its directions are divided by the deviation along them. */
  principal: Principal;
}

/** @param pictures uint8 [n, 32, 32, channels] */
export function fitEdges(pictures: Uint8Array, channels: number): WhitenedEdges {
  const d = CELL_NUMBERS + coloursOf(channels);
  const length = channels * SIDE * SIDE;
  const n = pictures.length / length;
  const raw = blocks(pictures, channels);
  const centre = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) centre[j]! += raw[i * d + j]! / n;
  const centred = toLength(raw, centre);
  const principal = fitPrincipal(centred, n, d, COMPONENTS);
  const { mean, directions, variances } = principal;
  const damping = (DAMPING * (squares(centred) / n - squares(mean))) / d;
  variances.forEach((variance, k) => {
    const scale = 1 / Math.sqrt(variance + damping);
    for (let j = 0; j < d; j++) directions[k * d + j]! *= scale;
  });
  return { centre, principal };
}

function squares(of: Float32Array | Float64Array): number {
  let sum = 0;
  for (const x of of) sum += x * x;
  return sum;
}

/** [n, count] of pictures. */
export const edgesOf = ({ centre, principal }: WhitenedEdges, pictures: Uint8Array, channels: number): Float32Array =>
  project(principal, toLength(blocks(pictures, channels), centre));

/** Edges of each cell at one length, then the colours [n, d]. */
function blocks(pictures: Uint8Array, channels: number): Float32Array {
  const cells = cellsOf(pictures, channels);
  const colours = shrunk(pictures, FACTOR, channels);
  const wide = coloursOf(channels);
  const d = CELL_NUMBERS + wide;
  const n = colours.length / wide;
  const out = new Float32Array(n * d);
  for (let i = 0; i < n; i++) {
    for (let at = 0; at < CELL_NUMBERS; at += DIRECTIONS) {
      const from = i * CELL_NUMBERS + at;
      let squares = 0;
      for (let k = from; k < from + DIRECTIONS; k++) squares += cells[k]! * cells[k]!;
      const scale = 1 / (Math.sqrt(squares) + SOFTENING);
      for (let k = 0; k < DIRECTIONS; k++) out[i * d + at + k] = scale * cells[from + k]!;
    }
    out.set(colours.subarray(i * wide, (i + 1) * wide), i * d + CELL_NUMBERS);
  }
  return out;
}

/** Rows with their centre taken away, edges and colours each at length 1; what is all centre stays zero. */
function toLength(rows: Float32Array, centre: Float64Array): Float32Array {
  const d = centre.length;
  const out = new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i += d)
    for (const [from, to] of [
      [0, CELL_NUMBERS],
      [CELL_NUMBERS, d],
    ] as const) {
      let squares = 0;
      for (let j = from; j < to; j++) squares += (rows[i + j]! - centre[j]!) ** 2;
      const scale = squares > NOTHING ? 1 / Math.sqrt(squares) : 0;
      for (let j = from; j < to; j++) out[i + j] = scale * (rows[i + j]! - centre[j]!);
    }
  return out;
}
