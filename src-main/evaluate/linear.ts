/**
 * Linear and few-shot evaluation of frozen features: a classifier is fitted on labelled training features and judged
 * on held-out ones. The features are standardised by the training rows, as a batch normalisation without affine in
 * front of the classifier would do; switch that off to compare with a regression on the raw ones.
 */
import { confusionMatrix } from './confusion.ts';
import type { Confusion } from './confusion.ts';
import { fitLogistic, predictLinear } from './logistic.ts';
import type { LinearClassifier, LogisticOptions } from './logistic.ts';
import { fitProbe } from './probe.ts';
import type { ProbeOptimizer, ProbeOptions } from './probe.ts';
import { chosenRows, rowsOf, standardizedRows } from './rows.ts';
import type { FeatureRows } from './rows.ts';
import { fitStandardization } from './standardize.ts';

export interface LabelledFeatures {
  features: Float32Array | FeatureRows; // [n, d]
  labels: Int32Array; // [n], 0 to classes - 1
}

export interface LinearInput {
  train: LabelledFeatures;
  test: LabelledFeatures;
  d: number;
  classes: number;
  standardize?: boolean; // default true
}

export interface LinearResult {
  accuracy: number; // 0 to 1, on the test rows
  trainAccuracy: number;
  predictions: Int32Array;
  confusion: Confusion;
  classifier: LinearClassifier;
}

function prepared({ train, test, d, standardize = true }: LinearInput): { train: FeatureRows; test: FeatureRows } {
  const [fitted, judged] = [rowsOf(train.features, d), rowsOf(test.features, d)];
  if (!standardize) return { train: fitted, test: judged };
  const by = fitStandardization(fitted);
  return { train: standardizedRows(fitted, by), test: standardizedRows(judged, by) };
}

const shareRight = (predicted: Int32Array, labels: Int32Array) =>
  predicted.reduce((right, p, i) => right + (p === labels[i] ? 1 : 0), 0) / labels.length;

/** The convex optimum by L-BFGS (logistic.ts), or a published training schedule (probe.ts). */
export type LinearSolver = 'lbfgs' | ProbeOptimizer;
export type LinearOptions = LogisticOptions & Omit<ProbeOptions, 'start'> & { solver?: LinearSolver };

/**
 * Accuracy, 0 to 1, and confusion on the test rows of a linear classifier that is fitted on the training rows, by the
 * solver asked for (L-BFGS unless told). Without test rows the accuracy is NaN.
 * @throws InternalError bad-shape where rows of a file end early; the reason of an aborted `signal`
 */
export async function linearEvaluation(
  input: LinearInput,
  { solver = 'lbfgs', ...options }: LinearOptions = {},
): Promise<LinearResult> {
  const { train, test } = prepared(input);
  const { d, classes } = input;
  const classifier =
    solver === 'lbfgs'
      ? await fitLogistic(train, input.train.labels, d, classes, options)
      : await fitProbe(train, input.train.labels, d, classes, solver, options);
  const predictions = await predictLinear(classifier, test, options);
  return {
    accuracy: shareRight(predictions, input.test.labels),
    trainAccuracy: shareRight(await predictLinear(classifier, train, options), input.train.labels),
    predictions,
    confusion: confusionMatrix(input.test.labels, predictions, classes),
    classifier,
  };
}

export interface FewShotResult {
  shots: number;
  /** Mean and standard deviation over the draws of the test accuracy, 0 to 1. */
  mean: number;
  deviation: number;
  accuracies: number[];
}

/**
 * linearEvaluation from `shots` training photos a class, drawn `draws` times with counted seeds: the mean says what a
 * person gets who labels that many. A class with fewer photos gives all it has.
 */
export async function fewShot(
  input: LinearInput,
  {
    shots = [1, 5, 10],
    draws = 5,
    seed = 0,
    ...options
  }: LogisticOptions & { shots?: number[]; draws?: number; seed?: number } = {},
): Promise<FewShotResult[]> {
  const { train, test } = prepared(input);
  const { d, classes } = input;
  const out: FewShotResult[] = [];
  for (const count of shots) {
    const accuracies: number[] = [];
    for (let draw = 0; draw < draws; draw++) {
      const rows = drawPerClass(input.train.labels, classes, count, seed + draw);
      const classifier = await fitLogistic(
        chosenRows(train, Int32Array.from(rows)),
        Int32Array.from(rows, (row) => input.train.labels[row]!),
        d,
        classes,
        options,
      );
      accuracies.push(shareRight(await predictLinear(classifier, test, options), input.test.labels));
    }
    const mean = accuracies.reduce((a, b) => a + b, 0) / draws;
    const deviation = Math.sqrt(accuracies.reduce((s, a) => s + (a - mean) ** 2, 0) / draws);
    out.push({ shots: count, mean, deviation, accuracies });
  }
  return out;
}

/**
 * Row numbers of `count` rows of each class, class by class, or of all where one has fewer: those whose hash of (seed, row)
 * is smallest, so no generator carries over.
 * @param labels of all rows, 0 to classes - 1 [n]
 */
export function drawPerClass(labels: Int32Array, classes: number, count: number, seed: number): number[] {
  const key = (row: number) => {
    let h = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
    h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
    return (h ^ (h >>> 16)) >>> 0;
  };
  const byClass: number[][] = Array.from({ length: classes }, () => []);
  labels.forEach((label, row) => byClass[label]!.push(row));
  return byClass.flatMap((rows) => rows.sort((a, b) => key(a) - key(b) || a - b).slice(0, count));
}
