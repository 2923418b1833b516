/**
 * The readout: whitened features of the last two stages. Directions in which photos differ much (light, background)
 * count no more than those in which they differ less, which is where neighbours are told apart (Jégou and Chum 2012,
 * "Negative evidences and co-occurences in image retrieval: the benefit of PCA and whitening"). Fitted on photos
 * without a label, and an affine map: it goes into a checkpoint and into exports as a linear layer. Edges may stand beside
 * the stages (engine/nn/edges.ts), whitened together with them: what one says already the other does not say twice.
 */
import { fitPrincipal } from './baselines/principal.ts';

export interface Readout {
  weight: Float32Array; // [D, S]
  bias: Float32Array; // [D]
}

/** Photos for each direction that is kept: of fewer, a direction's variance says little of other photos. */
const PHOTOS_EACH = 4;
/** Fewer directions than these tell no photos apart: pooled features do it better. */
const FEWEST = 16;
/** Added to each variance, as a share of their mean, so that a direction of next to nothing is not blown up. */
const DAMPING = 0.2;

/**
 * How widely edges spread beside what the network says, as a share of its variance: so many times the share of them that
 * their place alone tells, and at most twice as widely. Where things stand upright and centred, where an edge is says
 * what they are; edges of what is turned, or anywhere, hide it. Measured: docs/recipes.md.
 */
const EDGES_FOR_PLACE = 16;
const MOST_EDGES = 2;
/** Edges of photos that vary by less, of numbers between 0 and 1, are the same: what differs is rounding. */
const SAME_EDGES = 1e-6;

/** What of the numbers of a photo are edges. */
interface EdgeNumbers {
  edges: number;
  /** Places that each direction is counted at. */
  cells: number;
}
const noEdges: EdgeNumbers = { edges: 0, cells: 1 };

/**
 * What makes D whitened numbers of S of the network's: fitted on some photos, used on any.
 * @param stages the last two stages of photos, pooled, and their edges if any [n, S]
 * @param d numbers D of the embedding; those that the photos are too few for are 0
 * @param edges numbers at the end of each row that are edges, direction by direction, each with its `cells`
 * @returns null where the photos are too few, or are all the same to the network
 */
export function fitReadout(stages: Float32Array, n: number, d: number, { edges, cells } = noEdges): Readout | null {
  const s = stages.length / n;
  if (edges > 0) {
    const from = s - edges;
    const scale = edgesScale(stages, n, edges, cells);
    const scaled = stages.map((x, at) => (at % s < from ? x : scale * x));
    const readout = fitReadout(scaled, n, d);
    readout?.weight.forEach((x, at, weight) => (weight[at] = at % s < from ? x : scale * x));
    return readout;
  }
  const most = Math.min(d, s, Math.floor(n / PHOTOS_EACH));
  if (most < FEWEST) return null;
  const { mean, directions, variances } = fitPrincipal(stages, n, s, most);
  if (variances.length < FEWEST) return null;
  const damping = DAMPING * (total(columnMoments(stages, n).variance) / s);
  const weight = new Float32Array(d * s);
  const bias = new Float32Array(d);
  variances.forEach((variance, k) => {
    const scale = 1 / Math.sqrt(variance + damping);
    let offset = 0;
    for (let j = 0; j < s; j++) {
      const x = scale * directions[k * s + j]!;
      weight[k * s + j] = x;
      offset -= x * mean[j]!;
    }
    bias[k] = offset;
  });
  return { weight, bias };
}

/** What edges are multiplied by to spread as widely as they should; 0 where they do not differ. */
function edgesScale(stages: Float32Array, n: number, edges: number, cells: number): number {
  const from = stages.length / n - edges;
  const { mean, variance } = columnMoments(stages, n);
  const own = total(variance.subarray(from));
  if (own <= SAME_EDGES) return 0;
  const share = Math.min(MOST_EDGES, EDGES_FOR_PLACE * placeShare(mean.subarray(from), own, n, cells));
  return Math.sqrt((share * total(variance.subarray(0, from))) / own);
}

/**
 * How much of what edges differ by, from place to place and photo to photo, their place alone tells: 0 where every place
 * has the same on average, as of things that are turned, 1 where every photo has the same edges.
 * @param mean of n photos, direction by direction, each with its cells
 * @param own sum of the variances among photos
 */
function placeShare(mean: Float64Array, own: number, n: number, cells: number): number {
  let between = 0;
  for (let at = 0; at < mean.length; at += cells) {
    const places = mean.subarray(at, at + cells);
    const middle = total(places) / cells;
    for (const x of places) between += (x - middle) ** 2;
  }
  // Means of few photos differ by chance: as much as photos do, divided by how many they are.
  return Math.max(0, between - own / (n - 1)) / (between + own);
}

const total = (of: Float64Array): number => of.reduce((a, b) => a + b, 0);

function columnMoments(rows: Float32Array, n: number): { mean: Float64Array; variance: Float64Array } {
  const s = rows.length / n;
  const [mean, variance] = [new Float64Array(s), new Float64Array(s)];
  for (let i = 0; i < n; i++) for (let j = 0; j < s; j++) mean[j]! += rows[i * s + j]! / n;
  for (let i = 0; i < n; i++) for (let j = 0; j < s; j++) variance[j]! += (rows[i * s + j]! - mean[j]!) ** 2 / n;
  return { mean, variance };
}

/** What photos are compared by, [n, D]. @param stages [n, S] */
export function readOut({ weight, bias }: Readout, stages: Float32Array): Float32Array {
  const d = bias.length;
  const s = weight.length / d;
  const n = stages.length / s;
  const out = new Float32Array(n * d);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < d; k++) {
      let sum = bias[k]!;
      for (let j = 0; j < s; j++) sum += weight[k * s + j]! * stages[i * s + j]!;
      out[i * d + k] = sum;
    }
  return out;
}
