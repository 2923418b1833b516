/**
 * Features that cost nothing, against which an encoder has to earn its keep: what photos have in common as colours at
 * places (principal components of their pixels), the same with every component counting alike, edges beside
 * colours, and these whitened. Fitted on the photos that are neighbours, without a label.
 */
import type { FreeName } from '../../../shared/baselines.ts';
import { fewRows } from '../../search/few.ts';
import { HOG, hog } from './hog.ts';
import { SIDE, shrunk } from './pictures.ts';
import { fitPrincipal, project, whitenedOf } from './principal.ts';
import type { Principal } from './principal.ts';
import { edgesOf, fitEdges } from './whitenedEdges.ts';
import type { WhitenedEdges } from './whitenedEdges.ts';

const COMPONENTS = 60;
/** Components are of 16 x 16 means: on CIFAR-10 within a point of those of all pixels, for a sixteenth of the work. */
const FACTOR = 2;
const pixelsOf = (channels: number): number => channels * (SIDE / FACTOR) ** 2;
/** Most photos that components are fitted on; edges beside colours on fewer, as they take a core beside a run's first steps. */
const FITTED = { pixels: 2000, edges: 512 };
/** Weight of the colours beside the edges, both of unit length. */
const COLOUR = 0.7;

export interface FreeFeatures {
  features: Float32Array; // [n, d]
  d: number;
}

export interface FittedFree {
  pixels: Principal;
  edges: WhitenedEdges;
}

/** @param pictures uint8 [n, 32, 32, channels] */
export function fitFree(pictures: Uint8Array, channels = 3): FittedFree {
  const rows = shrunk(pictures, FACTOR, channels);
  const d = pixelsOf(channels);
  const n = rows.length / d;
  const count = Math.min(n, FITTED.pixels);
  return {
    pixels: fitPrincipal(some(rows, n, count), count, d, COMPONENTS),
    edges: fitEdges(some(pictures, n, Math.min(n, FITTED.edges)), channels),
  };
}

/** `count` of n rows from all over them, so that folders in order of their classes give some of each. */
function some<T extends Float32Array | Uint8Array>(rows: T, n: number, count: number): T {
  if (n === count) return rows;
  const d = rows.length / n;
  const out = rows.slice(0, count * d) as T;
  for (const [i, from] of fewRows(n, count).entries()) out.set(rows.subarray(from * d, (from + 1) * d), i * d);
  return out;
}

/** The features of every baseline. @param pictures uint8 [n, 32, 32, channels] */
export function freeFeatures(fitted: FittedFree, pictures: Uint8Array, channels = 3): Record<FreeName, FreeFeatures> {
  const rows = shrunk(pictures, FACTOR, channels);
  const n = rows.length / pixelsOf(channels);
  const count = fitted.pixels.variances.length;
  const pixels = project(fitted.pixels, rows);
  return {
    pixels: { features: pixels, d: count },
    whitened: { features: whitenedOf(fitted.pixels, pixels), d: count },
    hog: { features: beside(hog(pictures, channels), pixels, n, count), d: HOG + count },
    edges: { features: edgesOf(fitted.edges, pictures, channels), d: fitted.edges.principal.variances.length },
  };
}

/** Edges and colours of each photo in one row [HOG + count]: edges brought to length 1, colours to COLOUR. */
function beside(edges: Float32Array, colours: Float32Array, n: number, count: number): Float32Array {
  const d = HOG + count;
  const out = new Float32Array(n * d);
  for (let i = 0; i < n; i++) {
    put(edges.subarray(i * HOG, (i + 1) * HOG), 1, out, i * d);
    put(colours.subarray(i * count, (i + 1) * count), COLOUR, out, i * d + HOG);
  }
  return out;
}

function put(row: Float32Array, length: number, out: Float32Array, at: number): void {
  let squares = 0;
  for (const x of row) squares += x * x;
  const scale = squares > 0 ? length / Math.sqrt(squares) : 0;
  for (let j = 0; j < row.length; j++) out[at + j] = scale * row[j]!;
}
