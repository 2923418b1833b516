/**
 * Multinomial logistic regression on frozen features: the linear evaluation that needs no schedule. Minimises
 * C * sum of cross-entropies + ||W||^2 / 2 (the bias is not penalised), by L-BFGS, until the largest gradient element
 * is below the tolerance: scikit-learn's LogisticRegression at its defaults. The two matrix products of a step run in
 * ONNX Runtime; L-BFGS itself is in double precision.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { encodeModel, sleeping } from '../engine/index.ts';
import type { OnnxNode } from '../engine/index.ts';
import { minimize } from './lbfgs.ts';
import { pieces, rowsOf } from './rows.ts';
import type { FeatureRows } from './rows.ts';

export interface LogisticOptions {
  /** Inverse strength of the penalty. Default 1. */
  C?: number;
  maxIterations?: number; // default 1000
  /** Ends when the largest gradient element is below this, as scikit-learn's `tol` on its summed loss. Default 1e-4. */
  tolerance?: number;
  threads?: number;
  signal?: AbortSignal;
  /** Awaited at each evaluation of the objective, so that a caller who may abort the signal gets to run. */
  turn?(): Promise<void>;
}

export interface LinearClassifier {
  weight: Float32Array; // [classes, d]
  bias: Float32Array; // [classes]
  d: number;
  classes: number;
}

export interface LogisticFit extends LinearClassifier {
  iterations: number;
  /** False when it ran out of iterations. */
  converged: boolean;
}

/** Rows whose products are computed at a time; bounds the memory of logits and probabilities. */
const TILE = 8192;

/**
 * Fits a classifier to features [n, d] with labels 0 to classes - 1. Absent classes are allowed; they never win.
 * Features are taken as they are: standardise them first for the paper's kind of protocol.
 */
export async function fitLogistic(
  features: Float32Array | FeatureRows,
  labels: Int32Array,
  d: number,
  classes: number,
  options: LogisticOptions = {},
): Promise<LogisticFit> {
  const n = labels.length;
  const all = rowsOf(features, d);
  // Two classes have two opposite weight vectors here and one in the binary regression: half of C makes them the same.
  const C = (options.C ?? 1) / (classes === 2 ? 2 : 1);
  const session = await InferenceSession.create(stepModel(d, classes), {
    intraOpNumThreads: options.threads ?? 0,
    interOpNumThreads: 1,
    extra: sleeping(),
  });
  const onehot = new Float32Array(Math.min(n, TILE) * classes);

  const weights = classes * d;
  const evaluate = async (at: Float64Array) => {
    await options.turn?.();
    options.signal?.throwIfAborted();
    const w = new Tensor('float32', Float32Array.from(at.subarray(0, weights)), [classes, d]);
    const b = new Tensor('float32', Float32Array.from(at.subarray(weights)), [classes]);
    const gradient = new Float64Array(at.length);
    let value = 0;
    for (const { from: row, values } of pieces(all, TILE)) {
      const rows = values.length / d;
      onehot.fill(0);
      for (let i = 0; i < rows; i++) onehot[i * classes + labels[row + i]!] = 1;
      const out = await session.run({
        x: new Tensor('float32', values, [rows, d]),
        w,
        b,
        onehot: new Tensor('float32', onehot.subarray(0, rows * classes), [rows, classes]),
      });
      // Summed here in double precision: the line search compares values that differ in their last digits.
      const logp = out['logp']!.data as Float32Array;
      for (let i = 0; i < rows; i++) value -= C * logp[i * classes + labels[row + i]!]!;
      const dw = out['dw']!.data as Float32Array;
      const db = out['db']!.data as Float32Array;
      for (let j = 0; j < weights; j++) gradient[j]! += C * dw[j]!;
      for (let c = 0; c < classes; c++) gradient[weights + c]! += C * rows * db[c]!;
    }
    for (let j = 0; j < weights; j++) {
      value += at[j]! ** 2 / 2;
      gradient[j]! += at[j]!;
    }
    return { value, gradient };
  };
  try {
    const { position, iterations, converged } = await minimize(evaluate, new Float64Array(weights + classes), {
      maxIterations: options.maxIterations ?? 1000,
      // float32 sums over n rows carry about 1e-7 of their size, so a tolerance below that cannot be met.
      tolerance: Math.max(options.tolerance ?? 1e-4, 2e-6 * C * n),
      rounding: 1e-5,
    });
    return {
      weight: Float32Array.from(position.subarray(0, weights)),
      bias: Float32Array.from(position.subarray(weights)),
      d,
      classes,
      iterations,
      converged,
    };
  } finally {
    await session.release();
  }
}

/** x [n, d], w [classes, d], b [classes], onehot [n, classes] -> log-probabilities, and the gradients of the summed loss by w and of the mean by b; n may differ from call to call. */
function stepModel(d: number, classes: number): Uint8Array {
  const nodes: OnnxNode[] = [
    { opType: 'Gemm', inputs: ['x', 'w', 'b'], outputs: ['logits'], attributes: { transB: 1 } },
    { opType: 'LogSoftmax', inputs: ['logits'], outputs: ['logp'], attributes: { axis: -1 } },
    { opType: 'Exp', inputs: ['logp'], outputs: ['p'], attributes: {} },
    { opType: 'Sub', inputs: ['p', 'onehot'], outputs: ['error'], attributes: {} },
    { opType: 'Gemm', inputs: ['error', 'x'], outputs: ['dw'], attributes: { transA: 1 } },
    { opType: 'ReduceMean', inputs: ['error'], outputs: ['db'], attributes: { axes: [0], keepdims: 0 } },
  ];
  const value = (name: string, ...shape: (number | string)[]) => ({ name, shape });
  return encodeModel({
    name: 'logistic',
    nodes,
    inputs: [value('x', 'n', d), value('w', classes, d), value('b', classes), value('onehot', 'n', classes)],
    outputs: [value('logp', 'n', classes), value('dw', classes, d), value('db', classes)],
  });
}

/**
 * The class with the highest logit for each of n rows [n]; ties go to the lower class. The products are ONNX Runtime's:
 * a thousand classes of 2,048 numbers are 80 times as slow in a loop.
 */
export async function predictLinear(
  { weight, bias, d, classes }: LinearClassifier,
  features: Float32Array | FeatureRows,
  { threads = 0, signal, turn }: Pick<LogisticOptions, 'threads' | 'signal' | 'turn'> = {},
): Promise<Int32Array> {
  const all = rowsOf(features, d);
  const out = new Int32Array(all.n);
  const settings = { intraOpNumThreads: threads, interOpNumThreads: 1, extra: sleeping() };
  const session = await InferenceSession.create(logitsModel(d, classes), settings);
  try {
    const [w, b] = [new Tensor('float32', weight, [classes, d]), new Tensor('float32', bias, [classes])];
    for (const { from, values } of pieces(all, TILE)) {
      await turn?.();
      signal?.throwIfAborted();
      const rows = values.length / d;
      const found = await session.run({ x: new Tensor('float32', values, [rows, d]), w, b });
      const logits = found['logits']!.data as Float32Array;
      for (let i = 0; i < rows; i++) {
        let best = 0;
        for (let c = 1; c < classes; c++) if (logits[i * classes + c]! > logits[i * classes + best]!) best = c;
        out[from + i] = best;
      }
    }
    return out;
  } finally {
    await session.release();
  }
}

/** x [n, d], w [classes, d], b [classes] -> logits [n, classes]. */
function logitsModel(d: number, classes: number): Uint8Array {
  const value = (name: string, ...shape: (number | string)[]) => ({ name, shape });
  return encodeModel({
    name: 'logits',
    nodes: [{ opType: 'Gemm', inputs: ['x', 'w', 'b'], outputs: ['logits'], attributes: { transB: 1 } }],
    inputs: [value('x', 'n', d), value('w', classes, d), value('b', classes)],
    outputs: [value('logits', 'n', classes)],
  });
}
