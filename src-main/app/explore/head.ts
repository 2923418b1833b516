/**
 * A logistic head on kept features: from a handful of photos with a tag, a few that were rejected and a sample of all,
 * which direction the tag lies in, how sure that is, and how many photos probably have it. Pure arithmetic; ranking
 * all photos along the direction is the index's.
 */

/** What the head is measured against: a sample of all photos of the set, and how they spread. */
export interface Background {
  vectors: readonly Float32Array[];
  mean: Float32Array;
  /** 1 / standard deviation of each feature, over the root of d: standardised photos have a length of about one. */
  scale: Float32Array;
}

export interface Head {
  /** [d], for vectors of unit length as the index keeps them. */
  direction: Float32Array;
  /** The logit of a photo, at even odds, from its vector's dot product with the direction. */
  logit(product: number): number;
  /** Share of all photos that probably has the tag, 0 to 1, estimated on the sample; null with too few examples. */
  share: number | null;
  /** How often a held-out example stands above a photo of the sample: 0.5 is chance; null with too few examples. */
  separability: number | null;
}

const iterations = 60;
const heldIterations = 30;
/**
 * Weight decay of the direction: with a handful of examples in d features it is nearly that from one mean to the other.
 */
const decay = 0.1;
/** Weight decay of the slope and shift that turn scores into logits: so little that it decides nothing. */
const slightDecay = 3e-3;
const folds = 3;
/** At most so many photos of the sample, not trained on, tell how sure the head is. */
const measured = 500;
/** Below so many examples nothing can be held out. */
const fewest = 4;

export function backgroundOf(vectors: readonly Float32Array[], d: number): Background {
  const mean = new Float32Array(d);
  const square = new Float64Array(d);
  for (const vector of vectors)
    for (let j = 0; j < d; j++) {
      mean[j]! += vector[j]! / vectors.length;
      square[j]! += vector[j]! ** 2 / vectors.length;
    }
  const deviation = Float64Array.from(square, (value, j) => Math.sqrt(Math.max(0, value - mean[j]! ** 2)));
  // a feature that hardly moves is noise, not a thousandfold of it
  const least = 0.05 * Math.max(1e-12, ...deviation);
  return { vectors, mean, scale: Float32Array.from(deviation, (value) => 1 / (Math.max(value, least) * Math.sqrt(d))) };
}

interface Row {
  x: Float32Array;
  /** 1 with the tag, 0 without. */
  y: number;
  weight: number;
}

/**
 * A logistic regression with weight decay, by accelerated gradient steps whose size supposes rows of a length of about
 * one.
 */
function fit(
  rows: readonly Row[],
  d: number,
  { most = iterations, decay: by = decay } = {},
): { w: Float64Array; b: number } {
  const step = 1 / (0.5 + by);
  let w = new Float64Array(d);
  let b = 0;
  const v = new Float64Array(d);
  let c = 0;
  const gradient = new Float64Array(d);
  for (let i = 0; i < most; i++) {
    gradient.fill(0);
    let bias = 0;
    for (const { x, y, weight } of rows) {
      let z = c;
      for (let j = 0; j < d; j++) z += v[j]! * x[j]!;
      const error = weight * (1 / (1 + Math.exp(-z)) - y);
      bias += error;
      for (let j = 0; j < d; j++) gradient[j]! += error * x[j]!;
    }
    const momentum = i / (i + 3);
    const next = new Float64Array(d);
    for (let j = 0; j < d; j++) {
      next[j] = v[j]! - step * (gradient[j]! + by * v[j]!);
      v[j] = next[j]! + momentum * (next[j]! - w[j]!);
    }
    const nextBias = c - step * bias;
    c = nextBias + momentum * (nextBias - b);
    [w, b] = [next, nextBias];
  }
  return { w, b };
}

const dot = (w: Float64Array, x: Float32Array, b: number): number => {
  let sum = b;
  for (let j = 0; j < x.length; j++) sum += w[j]! * x[j]!;
  return sum;
};

/**
 * Share of the weight against a tag that those rejected have at most: they all lie on its side, and with half the
 * weight they push the direction past the photos that are meant.
 */
const mostRejected = 0.25;
/** At most so many examples with the tag, and as many rejected ones, are used, evenly picked: more change nothing. */
export const mostExamples = 64;
export const few = <T>(items: readonly T[], most: number): T[] =>
  items.length <= most
    ? [...items]
    : Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]!);

/** `trained`: how many of the sample, at most half, stand for "no tag" in training; the rest tells how sure it is. */
export function fitHead(
  positive: readonly Float32Array[],
  negative: readonly Float32Array[],
  background: Background,
  trained = 96,
): Head {
  const { mean, scale } = background;
  const d = mean.length;
  const standard = (vector: Float32Array) => Float32Array.from(vector, (value, j) => (value - mean[j]!) * scale[j]!);
  const yes = few(positive, mostExamples).map(standard);
  const no = few(negative, mostExamples).map(standard);
  const seen = new Set(few(background.vectors, Math.min(trained, background.vectors.length >> 1)));
  const sample = [...seen].map(standard);
  const rest = few(
    background.vectors.filter((vector) => !seen.has(vector)),
    measured,
  ).map(standard);
  const rowsOf = (given: readonly Float32Array[]): Row[] => {
    const rejected = Math.min(mostRejected, no.length / 40);
    return [
      ...given.map((x) => ({ x, y: 1, weight: 0.5 / given.length })),
      ...no.map((x) => ({ x, y: 0, weight: (0.5 * rejected) / no.length })),
      ...sample.map((x) => ({ x, y: 0, weight: (0.5 * (1 - rejected)) / sample.length })),
    ];
  };
  const { w, b } = fit(rowsOf(yes), d);
  const direction = Float32Array.from(w, (value, j) => value * scale[j]!);
  const offset = b - direction.reduce((sum, value, j) => sum + value * mean[j]!, 0);

  // Held-out examples stand where new ones will: what was trained on stands too high.
  const held: number[] = [];
  if (yes.length >= fewest)
    for (let fold = 0; fold < folds; fold++) {
      const part = fit(rowsOf(yes.filter((_, i) => i % folds !== fold)), d, { most: heldIterations });
      yes.forEach((x, i) => i % folds === fold && held.push(dot(part.w, x, part.b)));
    }
  const others = rest.map((x) => dot(w, x, b));
  const [slope, shift] = held.length > 0 ? calibrate(held, others) : [4, 0];
  const logit = (score: number) => slope * score + shift;
  return {
    direction,
    logit: (product) => logit(product + offset),
    share: held.length > 0 ? shareOf(others.map(logit)) : null,
    separability: held.length > 0 ? areaUnderCurve(held, others) : null,
  };
}

/** Slope and shift that turn scores into logits at even odds: a logistic regression of one variable (Platt 1999). */
function calibrate(positive: readonly number[], negative: readonly number[]): [number, number] {
  const all = [...positive, ...negative];
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const spread = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length) || 1;
  const rows = [
    ...positive.map((value) => ({ x: Float32Array.of((value - mean) / spread), y: 1, weight: 0.5 / positive.length })),
    ...negative.map((value) => ({ x: Float32Array.of((value - mean) / spread), y: 0, weight: 0.5 / negative.length })),
  ];
  const { w, b } = fit(rows, 1, { decay: slightDecay });
  return [w[0]! / spread, b - (w[0]! * mean) / spread];
}

/** The share of positives at which the mean of their probabilities is that share (Saerens et al. 2002). */
function shareOf(logits: readonly number[]): number {
  let share = 0.05;
  for (let i = 0; i < 60; i++) {
    const odds = Math.log(share / (1 - share));
    const mean = logits.reduce((sum, logit) => sum + 1 / (1 + Math.exp(-(logit + odds))), 0) / logits.length;
    share = Math.min(0.99, Math.max(1e-5, mean));
  }
  return share;
}

function areaUnderCurve(positive: readonly number[], negative: readonly number[]): number {
  const sorted = [...negative].sort((a, b) => a - b);
  let below = 0;
  for (const value of positive) {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    below += low;
  }
  return below / (positive.length * Math.max(1, sorted.length));
}
