/**
 * Layers with parameters, named and initialised as PyTorch does.
 */
import { add, mul, scale } from '../ops/arithmetic.ts';
import { sum } from '../ops/broadcast.ts';
import * as ops from '../ops/index.ts';
import { samplesPerChannel } from '../ops/batch-norm.ts';
import { reshape } from '../ops/reshape.ts';
import type { Tensor } from '../graph.ts';
import type { Network } from './network.ts';

const MOMENTUM = 0.1; // of running statistics, PyTorch's default

interface ConvOptions {
  channels: number;
  kernel: number;
  stride?: number;
}

/** Convolution without bias, padded by half the kernel; kaiming_normal_(mode='fan_out') as torchvision's ResNets. */
export function conv(net: Network, name: string, x: Tensor, { channels, kernel, stride = 1 }: ConvOptions): Tensor {
  const deviation = Math.sqrt(2 / (channels * kernel * kernel));
  const shape = [channels, x.shape[1]!, kernel, kernel];
  const weight = net.parameter(`${name}.weight`, shape, { kind: 'normal', deviation });
  return ops.conv(x, weight, { stride, padding: (kernel - 1) / 2 });
}

/** Fully connected layer; torch.nn.Linear's default initialisation: uniform within 1 / sqrt(in), weight and bias. */
export function linear(net: Network, name: string, x: Tensor, units: number, bias: boolean): Tensor {
  const inputs = x.shape[1]!;
  const initial = { kind: 'uniform', bound: 1 / Math.sqrt(inputs) } as const;
  const weight = net.parameter(`${name}.weight`, [units, inputs], initial);
  return ops.linear(x, weight, bias ? net.parameter(`${name}.bias`, [units], initial) : undefined);
}

export interface BatchNormOptions {
  /** Learned scale and bias; the projector's output has none. */
  affine?: boolean;
  /** 1 unless told. */
  initialScale?: number;
  shortcut?: Tensor;
  relu?: boolean;
}

/**
 * Batch normalisation, then the shortcut and ReLU where asked for. In training by the statistics of this batch
 * alone, which are blended into the running ones (the variance unbiased); in evaluation by the running ones.
 */
export function batchNorm(net: Network, name: string, x: Tensor, options: BatchNormOptions = {}): Tensor {
  const { affine = true, initialScale = 1, shortcut, relu } = options;
  const shape = [x.shape[1]!];
  const learned = affine
    ? {
        weight: net.parameter(`${name}.weight`, shape, { kind: 'constant', value: initialScale }),
        bias: net.parameter(`${name}.bias`, shape, { kind: 'constant', value: 0 }),
      }
    : undefined;
  const runningMean = net.buffer(`${name}.running_mean`, shape, { kind: 'constant', value: 0 });
  const runningVariance = net.buffer(`${name}.running_var`, shape, { kind: 'constant', value: 1 });
  if (net.mode === 'evaluation')
    return ops.batchNormInference(x, runningMean, runningVariance, { affine: learned, shortcut, relu });
  const { batches } = net;
  const repeated = (t: Tensor) => ops.concat(Array.from({ length: batches }, () => t));
  const { y, mean, variance } = ops.batchNorm(x, {
    affine: learned && { weight: repeated(learned.weight), bias: repeated(learned.bias) },
    shortcut,
    relu,
    batches,
  });
  const samples = samplesPerChannel(x.shape, batches);
  net.update(`${name}.running_mean`, blended(runningMean, mean, batches, 1));
  net.update(`${name}.running_var`, blended(runningVariance, variance, batches, samples / (samples - 1)));
  return y;
}

/** A running statistic [C] after one batch after another has been blended into it, `factor` times its own of [batches C]. */
function blended(running: Tensor, batch: Tensor, batches: number, factor: number): Tensor {
  const kept = 1 - MOMENTUM;
  if (batches === 1) return add(scale(running, kept), scale(batch, MOMENTUM * factor));
  const shares = Float32Array.from({ length: batches }, (_, i) => factor * MOMENTUM * kept ** (batches - 1 - i));
  const weighted = mul(reshape(batch, [batches, running.shape[0]!]), running.graph.constant(shares, [batches, 1]));
  return add(scale(running, kept ** batches), sum(weighted, [0]));
}
