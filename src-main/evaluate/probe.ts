/**
 * The linear classifier as papers train it: stochastic gradient descent for 90 epochs without weight decay, its rate
 * falling along half a cosine. Two published recipes: SGD at rate 30 and batch 256 (He et al. 2020, MoCo), and LARS at
 * rate 0.1 x 4096 / 256 and batch 4096 (SimSiam, App. A). The convex optimum that both head for is logistic.ts's.
 */
import { LinearProbe } from '../engine/index.ts';
import type { State } from '../engine/index.ts';
import { epochOrder } from '../images/index.ts';
import type { LinearClassifier } from './logistic.ts';
import { dividedRows, pieces, rowsOf } from './rows.ts';
import type { FeatureRows } from './rows.ts';

export type ProbeOptimizer = 'sgd' | 'lars';

export interface ProbeOptions {
  epochs?: number; // default 90
  seed?: number; // default 0
  threads?: number;
  signal?: AbortSignal;
  /** Awaited at each step, so that a caller who may abort the signal gets to run. */
  turn?(): Promise<void>;
  /** After each step; the loss is the mean cross-entropy before it. */
  onStep?(done: number, total: number, loss: number): void;
  /** The first weights ('probe.weight' [K, d], 'probe.bias' [K]) where they are not to be drawn; for comparisons. */
  start?: State;
}

const EPOCHS = 90;
const MOMENTUM = 0.9;
const TRUST_COEFFICIENT = 0.001;
/**
 * The rate at its peak, photos a step at most, and steps at least. LARS moves the weights by a share of their length:
 * in the 270 steps that 90 epochs of 10,000 photos are, for which the recipe was not made, it stops 4 points short of
 * the optimum (CIFAR-10, 128 features); in 1,000 it is 1.5 points from it, in 2,000 of a small folder it overfits.
 */
const RECIPES: Record<ProbeOptimizer, { rate: number; batch: number; leastSteps: number }> = {
  sgd: { rate: 30, batch: 256, leastSteps: 0 },
  lars: { rate: 1.6, batch: 4096, leastSteps: 1000 },
};

/**
 * Fits a classifier to features [n, d], standardised by their caller, with labels 0 to classes - 1. LARS, which does
 * not feel the scale of a gradient, takes them so (as He et al. 2022, MAE, App. A.1). SGD's rate of 30 is for short
 * rows, so they are divided by the root of their mean squared length (the square root of d where they are
 * standardised), which the weights that come back undo. A step takes an equal part of the epoch's counted order, at
 * most the recipe's batch; where there are fewer photos the rate stays, because they are the whole set then, of which
 * no batch is a noisy sample.
 */
export async function fitProbe(
  features: Float32Array | FeatureRows,
  labels: Int32Array,
  d: number,
  classes: number,
  optimizer: ProbeOptimizer,
  options: ProbeOptions = {},
): Promise<LinearClassifier> {
  const n = labels.length;
  const { seed = 0, threads, signal, turn, onStep, start } = options;
  const { rate: peak, batch: most, leastSteps } = RECIPES[optimizer];
  const stepsPerEpoch = Math.ceil(n / most);
  const batch = Math.floor(n / stepsPerEpoch);
  const epochs = options.epochs ?? Math.max(EPOCHS, Math.ceil(leastSteps / stepsPerEpoch));
  const total = epochs * stepsPerEpoch;
  const all = rowsOf(features, d);
  const length = optimizer === 'lars' ? 1 : Math.sqrt(sumOfSquares(all) / n) || 1;
  const rows = dividedRows(all, length);

  const probe = await LinearProbe.create(
    {
      batch,
      dimensions: d,
      classes,
      seed,
      optimizer: { name: optimizer, momentum: MOMENTUM, weightDecay: 0, trustCoefficient: TRUST_COEFFICIENT },
      ...(threads !== undefined && { threads }),
    },
    start,
  );
  try {
    const x = new Float32Array(batch * d);
    const targets = new Float32Array(batch * classes);
    for (let step = 0, order: Int32Array = new Int32Array(); step < total; step++) {
      await turn?.();
      signal?.throwIfAborted();
      const [epoch, part] = [Math.floor(step / stepsPerEpoch), step % stepsPerEpoch];
      if (part === 0) order = epochOrder(seed, epoch, n);
      targets.fill(0);
      for (let i = 0; i < batch; i++) {
        const row = order[part * batch + i]!;
        rows.copy(row, 1, x.subarray(i * d, (i + 1) * d));
        targets[i * classes + labels[row]!] = 1;
      }
      const loss = await probe.step(x, targets, (peak * (1 + Math.cos((Math.PI * step) / total))) / 2);
      onStep?.(step + 1, total, loss);
    }
    const { weight, bias } = await probe.read();
    return { weight: weight.map((w) => w / length), bias, d, classes };
  } finally {
    await probe.close();
  }
}

function sumOfSquares(rows: FeatureRows): number {
  let sum = 0;
  for (const { values } of pieces(rows)) for (const x of values) sum += x * x;
  return sum;
}
