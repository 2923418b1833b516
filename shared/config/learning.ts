/** The settings of how a network learns, is watched and is kept, whatever the method. */
import { z } from 'zod';
import { meta, section } from '../setting.ts';

export const OptimizerConfig = section({
  name: meta(
    z.enum(['sgd', 'lars', 'adamw']).default('sgd'),
    'Optimizer',
    '',
    'paper, Sec. 3: SGD needs no large batch',
    true,
  ),
  baseLearningRate: meta(
    z.number().positive().max(100).default(0.05),
    'Base learning rate',
    'per 256 images',
    'paper, Sec. 3: lr = base × batch / 256, cosine decay',
  ),
  momentum: meta(z.number().min(0).lt(1).default(0.9), 'Momentum', '', 'paper, Sec. 3', true),
  weightDecay: meta(
    z.number().min(0).max(1).default(1e-4),
    'Weight decay',
    '',
    'paper, Sec. 3; 5e-4 for small collections',
  ),
  warmupEpochs: meta(z.number().min(0).max(1000).default(0), 'Warm-up', 'epochs', 'paper: 10 from batch 1024 on', true),
  settleEpochs: meta(
    z.number().min(0).max(1000).default(0),
    'Encoder waits',
    'epochs',
    'from known weights: the heads learn and batch normalisation takes the measure of the photos before the encoder moves, at most a tenth of the run',
    true,
  ),
  layerDecay: meta(
    z.number().gt(0).max(1).default(1),
    'Rate of earlier layers',
    '× per stage',
    'below 1 from known weights: each stage of the network learns by so much less than the one behind it, since what the first ones see holds for most photos',
    true,
  ),
  trustCoefficient: meta(
    z.number().positive().max(1).default(1e-3),
    'LARS: trust coefficient',
    '',
    'You et al. 2017; for the optimizer lars',
    true,
  ),
  beta1: meta(
    z.number().min(0).lt(1).default(0.9),
    'AdamW: memory of the gradient',
    'per step',
    'Kingma and Ba 2015: the mean of about ten steps; for the optimizer adamw',
    true,
  ),
  beta2: meta(
    z.number().min(0).lt(1).default(0.999),
    'AdamW: memory of its square',
    'per step',
    'Kingma and Ba 2015: a thousand steps; lower where a run has only a few hundred',
    true,
  ),
  epsilon: meta(
    z.number().positive().max(1).default(1e-8),
    'AdamW: least divisor',
    '',
    'Kingma and Ba 2015; keeps a gradient of zero from being divided by its size',
    true,
  ),
});

export const ProbeConfig = section({
  images: meta(
    z.int().min(8).max(20_000).default(1000),
    'Probe photos',
    'photos',
    'enough for ranks and neighbours, cheap at every epoch',
    true,
  ),
  everyEpochs: meta(
    z.number().gt(0).max(1000).default(1),
    'Probe every',
    'epochs',
    'a collapse is announced within an epoch',
    true,
  ),
  k: meta(
    z.int().min(1).max(2000).default(200),
    'Neighbours k',
    'photos',
    'Wu et al. 2018, as used by the paper; clamped to the bank',
    true,
  ),
  temperature: meta(
    z.number().gt(0).max(10).default(0.1),
    'kNN temperature',
    '',
    'Wu et al. 2018; 0.07 for ImageNet',
    true,
  ),
});

export const TeacherConfig = section({
  from: meta(
    z.string().default(''),
    'Teacher',
    '',
    "an encoder that knows more: the path of an ONNX file or of a ResNet's weights, or 'run:ID' of an encoder used as it is or of an earlier run; what it makes of each photo is computed once and drawn to; empty: none",
    true,
  ),
  weight: meta(
    z.number().gt(0).max(1).default(0.95),
    'Share of the teacher',
    '',
    "in the loss, the rest is the method's; 1: the method has no say",
    true,
  ),
  origin: meta(
    z.string().max(500).default(''),
    'Origin of the teacher',
    '',
    'who made it and where it is from: goes into the model card and every exported encoder; filled in where its file says it',
    true,
  ),
  licence: meta(
    z.string().max(500).default(''),
    'Licence of the teacher',
    '',
    'what learns from it may be bound by it: goes into the model card and every exported encoder; filled in where its file says it',
    true,
  ),
});

export const CheckpointConfig = section({
  minutes: meta(z.number().gt(0).max(1440).default(5), 'Save every', 'min', 'what a power cut may cost at most', true),
  diskGigabytes: meta(
    z.number().gt(0).max(10_000).default(5),
    'Disk for checkpoints',
    'GB',
    'the thinned series is pruned to stay under it',
  ),
});
