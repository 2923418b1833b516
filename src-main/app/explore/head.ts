/**
 * A logistic head on kept features: from a handful of photos with a tag, a few that were rejected and a sample of all,
 * which direction the tag lies in, how sure that is, and how many photos probably have it. Pure arithmetic; ranking
 * all photos along the direction is the index's.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { few } from '../../search/index.ts';
import { toldBy } from './answers.ts';
import type { Told } from './answers.ts';
import { dot, fit } from './fit.ts';
import type { Row } from './fit.ts';

/** Photos of a set, evenly over it, that say how features spread. */
export const SAMPLED = 2000;

/** What the head is measured against: a sample of all photos of the set, and how they spread. */
export interface Background {
  vectors: readonly Float32Array[];
  mean: Float32Array;
  /** 1 / standard deviation of each feature, over the root of d: standardised photos have a length of about one. */
  scale: Float32Array;
  /** The vectors standardised, as every fit takes some of them. */
  standard: readonly Float64Array[];
}

export interface Head {
  /** [d], for vectors of unit length as the index keeps them. */
  direction: Float32Array;
  /** Share of all photos that probably has the tag, 0 to 1, estimated on the sample; null with too few examples, or a range. */
  share: number | null;
  /** Between which shares it lies, where scores do not part the answers well; null too where they hardly do at all. */
  range: [number, number] | null;
  /** How often a held-out example stands above a photo of the sample: 0.5 is chance; null with too few examples. */
  separability: number | null;
  /** How often, of the photos that were answered, one that belongs stands above one that does not; null with too few. */
  apart: number | null;
}

/** Least `apart` at which scores alone tell how many there are. */
const PARTED = 0.88;

const heldIterations = 30;
/**
 * Weight decay of the direction by the number of answers: with a handful in d features it is nearly that from one mean to
 * the other, and many bend it to the border between them. Measured over the kinds of the sample set after one epoch,
 * CIFAR-10 and Fashion-MNIST: ten times as much takes half as many answers more.
 */
const decayOf = (answers: number): number => Math.max(0.001, 0.2 / Math.max(5, answers));
/** Weight decay of the slope that turns scores into logits: so little that it decides nothing. */
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
  const scale = Float32Array.from(deviation, (value) => 1 / (Math.max(value, least) * Math.sqrt(d)));
  return { vectors, mean, scale, standard: vectors.map((vector) => standardized(vector, { mean, scale })) };
}

/** In double precision, as it is added up: no number has to be widened each time. */
function standardized(vector: Float32Array, { mean, scale }: Pick<Background, 'mean' | 'scale'>): Float64Array {
  const out = new Float64Array(vector.length);
  for (let j = 0; j < out.length; j++) out[j] = Math.fround((vector[j]! - mean[j]!) * scale[j]!);
  return out;
}

/**
 * Share of the weight against a tag that those rejected have at most, and at how many that is reached: they all lie on
 * its side, and with more weight they push the direction past the photos that are meant.
 */
const mostRejected = 0.25;
const manyRejected = 10;
/** Up to so many features the head is fitted to more examples in a few milliseconds. */
const fewFeatures = 256;
/** At most so many examples with the tag, and as many rejected ones, are used of photos with d features, evenly picked. */
export const mostExamples = (d: number): number => (d <= fewFeatures ? 200 : 64);
/** So many photos of the sample stand for "no tag": the more answers, the more, as some of them have it. */
const trainedOf = (d: number, answers: number): number => (d <= fewFeatures ? Math.min(1000, 600 + 2 * answers) : 96);

/**
 * `trained`: how many of the sample, at most half, stand for "no tag" in training; the rest tells how sure it is.
 * `counts`: how many photos have the tag and were rejected, where those given are a part of them. Lets others have a turn
 * between its fits, of which the longest takes some 25 ms.
 */
export async function fitHead(
  positive: readonly Float32Array[],
  negative: readonly Float32Array[],
  background: Background,
  trained = trainedOf(background.mean.length, positive.length + negative.length),
  counts = { yes: positive.length, no: negative.length },
): Promise<Head> {
  const { scale } = background;
  const d = scale.length;
  const standard = (vector: Float32Array) => standardized(vector, background);
  const yes = few(positive, mostExamples(d)).map(standard);
  const no = few(negative, mostExamples(d)).map(standard);
  const all = background.standard;
  const seen = new Set(few(all, Math.min(trained, all.length >> 1)));
  const sample = [...seen];
  const rest = few(
    all.filter((x) => !seen.has(x)),
    measured,
  );
  const rowsOf = (given: readonly Float64Array[], against: readonly Float64Array[]): Row[] => {
    const rejected = mostRejected * Math.min(1, against.length / manyRejected);
    return [
      ...given.map((x) => ({ x, y: 1, weight: 0.5 / given.length })),
      ...against.map((x) => ({ x, y: 0, weight: (0.5 * rejected) / against.length })),
      ...sample.map((x) => ({ x, y: 0, weight: (0.5 * (1 - rejected)) / sample.length })),
    ];
  };
  const decay = decayOf(yes.length + no.length);
  const { w, b } = fit(rowsOf(yes, no), d, { decay });
  const direction = Float32Array.from(w, (value, j) => value * scale[j]!);

  // Held-out examples stand where new ones will: what was trained on stands too high.
  const held: number[] = [];
  const heldAgainst: number[] = [];
  if (yes.length >= fewest)
    for (let fold = 0; fold < folds; fold++) {
      await breathe();
      const isIn = (_: Float64Array, i: number) => i % folds !== fold;
      const part = fit(rowsOf(yes.filter(isIn), no.filter(isIn)), d, { most: heldIterations, decay });
      const put = (into: number[]) => (x: Float64Array, i: number) =>
        i % folds === fold && into.push(dot(part.w, x, part.b));
      yes.forEach(put(held));
      no.forEach(put(heldAgainst));
    }
  await breathe();
  const others = rest.map((x) => dot(w, x, b));
  const told = held.length > 0 ? toldBy({ yes: held, no: heldAgainst, counts }, others, slopeOf(held, others)) : null;
  return {
    direction,
    ...(held.length > 0 ? shareOf(upperShare(others, held), told) : { share: null, range: null }),
    apart: told?.apart ?? null,
    separability: held.length > 0 ? areaUnderCurve(held, others) : null,
  };
}

/**
 * Where scores do not part the answers well, two distributions of scores are right as often as the answers are: both are
 * ends of the range.
 */
function shareOf(byScores: number, told: Told | null): Pick<Head, 'share' | 'range'> {
  if (!told || told.apart >= PARTED) return { share: byScores, range: null };
  const ends = told.range && [byScores, ...told.range];
  return { share: null, range: ends && [Math.min(...ends), Math.max(...ends)] };
}

/** Of the logit at even odds over the score: a logistic regression of one variable (Platt 1999). */
function slopeOf(positive: readonly number[], negative: readonly number[]): number {
  const all = [...positive, ...negative];
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const spread = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length) || 1;
  const rows = [
    ...positive.map((value) => ({
      x: Float64Array.of(Math.fround((value - mean) / spread)),
      y: 1,
      weight: 0.5 / positive.length,
    })),
    ...negative.map((value) => ({
      x: Float64Array.of(Math.fround((value - mean) / spread)),
      y: 0,
      weight: 0.5 / negative.length,
    })),
  ];
  return fit(rows, 1, { decay: slightDecay }).w[0]! / spread;
}

/** Least and most share that is believed, and the least standard deviation of a side, of that of all scores. */
const [leastShare, mostShare, leastSpread] = [1e-5, 0.9, 0.15];

/**
 * The share of photos with the tag: that of the upper of two normal distributions, fitted to the scores by expectation
 * and maximisation. The examples only say where it begins: most of them were taken from the top of a ranking, and a
 * share by their scores would be far too small.
 */
function upperShare(scores: readonly number[], examples: readonly number[]): number {
  const even = scores.map(() => 1);
  let all = normalOf(scores, even);
  const least = leastSpread * all.deviation;
  let some = {
    mean: normalOf(
      examples,
      examples.map(() => 1),
    ).mean,
    deviation: all.deviation / 2,
  };
  let share = 0.1;
  for (let i = 0; i < 100; i++) {
    const odds = scores.map((x) => {
      const upper = share * density(x, some);
      return upper / (upper + (1 - share) * density(x, all) || Number.MIN_VALUE);
    });
    share = Math.min(mostShare, odds.reduce((sum, p) => sum + p, 0) / scores.length);
    if (share * scores.length < 2) break; // too few to have a spread
    some = normalOf(scores, odds, least);
    all = normalOf(
      scores,
      odds.map((p) => 1 - p),
      least,
    );
  }
  return some.mean > all.mean ? Math.max(leastShare, share) : leastShare;
}

interface Normal {
  mean: number;
  deviation: number;
}

function normalOf(values: readonly number[], weights: readonly number[], least = 1e-9): Normal {
  const total = weights.reduce((sum, w) => sum + w, 0);
  const mean = values.reduce((sum, x, i) => sum + weights[i]! * x, 0) / total;
  const variance = values.reduce((sum, x, i) => sum + weights[i]! * (x - mean) ** 2, 0) / total;
  return { mean, deviation: Math.max(least, Math.sqrt(variance)) };
}

/** But for a factor that is the same for all. */
const density = (x: number, { mean, deviation }: Normal): number =>
  Math.exp(-0.5 * ((x - mean) / deviation) ** 2) / deviation;

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
