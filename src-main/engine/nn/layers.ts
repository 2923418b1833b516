/**
 * Layers with parameters, named and initialised as PyTorch does.
 */
import * as ops from '../ops/index.ts';
import { samplesPerChannel } from '../ops/batch-norm.ts';
import type { Tensor } from '../graph.ts';
import type { Network } from './network.ts';

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
  const [runningMean, runningVariance] = [`${name}.running_mean`, `${name}.running_var`];
  const [zero, one] = [0, 1].map((value) => ({ kind: 'constant', value }) as const);
  if (net.mode === 'evaluation') {
    net.normalised.set(name, x);
    return ops.batchNormInference(x, net.buffer(runningMean, shape, zero!), net.buffer(runningVariance, shape, one!), {
      affine: learned,
      shortcut,
      relu,
    });
  }
  const { batches, stacked } = net;
  const { y, mean, variance } = ops.batchNorm(x, {
    affine: learned && { weight: ops.repeat(learned.weight, batches), bias: ops.repeat(learned.bias, batches) },
    shortcut,
    relu,
    batches,
    stacked,
  });
  const samples = samplesPerChannel(x.shape, batches);
  net.follow(runningMean, shape, zero!, { values: mean, batches, factor: 1 });
  net.follow(runningVariance, shape, one!, { values: variance, batches, factor: samples / (samples - 1) });
  return y;
}
