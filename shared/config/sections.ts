/**
 * The groups of settings that every method has, each setting with its unit and the reason for its default. A method's own
 * group stands in its descriptor, what is in no group in schema.ts.
 */
import { z } from 'zod';
import { MOST_BANDS } from '../input.ts';
import { meta, probability, section } from '../setting.ts';

export const BackboneConfig = section({
  name: meta(
    z.enum(['resnet18', 'resnet34', 'resnet50']).default('resnet18'),
    'Backbone',
    '',
    'small collections do not fill a larger network, and ResNet-18 trains on a CPU',
  ),
  width: meta(
    z.number().min(0.125).max(2).default(1),
    'Width',
    '× channels',
    '1 is the published network; a quarter trains about ten times faster',
  ),
  stem: meta(
    z.enum(['imagenet', 'small', 'cifar']).default('imagenet'),
    'Stem',
    '',
    'cifar (3×3, no pooling) keeps detail at 32 to 64 px; small (3×3, stride 2) keeps nearly all of it in a quarter of the time; imagenet (7×7, stride 4 in all) from 96 px on',
    true,
  ),
  init: meta(
    z.string().min(1).default('random'),
    'Initial weights',
    '',
    "'random', 'rendered' (trained on rendered pictures, comes with the application), the path of a ResNet's weights (safetensors or PyTorch's .pth, of timm, torchvision, MoCo, SwAV, DINO, SimSiam, BYOL), or 'run:ID' of an earlier run ('run:ID@CHECKPOINT': of one of its checkpoints)",
  ),
  origin: meta(
    z.string().max(500).default(''),
    'Origin of the initial weights',
    '',
    'who made them and where they are from: goes into the model card and every exported encoder; filled in for weights that Lookalike knows',
    true,
  ),
  licence: meta(
    z.string().max(500).default(''),
    'Licence of the initial weights',
    '',
    'what is trained from them may be bound by it: goes into the model card and every exported encoder; filled in for weights that Lookalike knows',
    true,
  ),
});

export const HeadConfig = section({
  hiddenDim: meta(z.int().min(8).max(8192).default(2048), 'Projector hidden width', 'units', 'paper, Sec. 3', true),
  outputDim: meta(
    z.int().min(8).max(8192).default(2048),
    'Output dimension d',
    'units',
    'paper, App. B: wider is better up to 2048',
    true,
  ),
  layers: meta(
    z.int().min(1).max(4).default(3),
    'Projector layers',
    'layers',
    'paper, Sec. 3; 2 for CIFAR-10 (App. D)',
    true,
  ),
  norm: meta(
    z.enum(['none', 'hidden', 'default', 'all']).default('default'),
    'Batch normalisation in the heads',
    '',
    'paper, Table 3: default is hidden layers and the projector output',
    true,
  ),
});

export const PredictorConfig = section({
  kind: meta(
    z.enum(['mlp', 'identity', 'fixed', 'movingAverage']).default('mlp'),
    'Predictor h',
    '',
    'paper, Table 1: without the predictor SimSiam collapses',
    true,
  ),
  hiddenDim: meta(
    z.int().min(4).max(8192).default(512),
    'Predictor hidden width',
    'units',
    'a quarter of d: a bottleneck (paper, Sec. 3)',
    true,
  ),
  learningRate: meta(
    z.enum(['constant', 'decayed']).default('constant'),
    'Predictor learning rate',
    '',
    'paper, Table 1: not decaying it is 0.4 points better',
    true,
  ),
  averageMomentum: meta(
    z.number().min(0).lt(1).default(0.8),
    'Moving average m',
    '',
    'paper, Sec. 5.2; for the predictor kind movingAverage',
    true,
  ),
});

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

export const AugmentConfig = section({
  cropScaleMin: meta(
    z.number().gt(0).max(1).default(0.2),
    'Smallest crop',
    'of the area',
    'paper, Sec. 3 (RandomResizedCrop scale [0.2, 1])',
  ),
  cropScaleMax: meta(z.number().gt(0).max(1).default(1), 'Largest crop', 'of the area', 'paper, Sec. 3', true),
  cropRatioMin: meta(
    z
      .number()
      .gt(0)
      .max(1)
      .default(3 / 4),
    'Narrowest crop',
    'width / height',
    'torchvision RandomResizedCrop',
    true,
  ),
  cropRatioMax: meta(
    z
      .number()
      .min(1)
      .max(10)
      .default(4 / 3),
    'Widest crop',
    'width / height',
    'torchvision RandomResizedCrop',
    true,
  ),
  flip: meta(probability.default(0.5), 'Mirror', 'probability', 'paper, Sec. 3'),
  verticalFlip: meta(
    probability.default(0),
    'Upside down',
    'probability',
    'for microscopy and aerial images, which have no up',
  ),
  jitter: meta(probability.default(0.8), 'Colour jitter', 'probability', 'paper, Sec. 3; 0 where colour matters'),
  brightness: meta(z.number().min(0).max(1).default(0.4), 'Brightness change', '±', 'paper, Sec. 3', true),
  contrast: meta(z.number().min(0).max(1).default(0.4), 'Contrast change', '±', 'paper, Sec. 3', true),
  saturation: meta(z.number().min(0).max(1).default(0.4), 'Saturation change', '±', 'paper, Sec. 3', true),
  hue: meta(z.number().min(0).max(0.5).default(0.1), 'Hue change', '± turns', 'paper, Sec. 3', true),
  grayscale: meta(probability.default(0.2), 'Greyscale', 'probability', 'paper, Sec. 3; 0 where colour matters'),
  blur: meta(probability.default(0.5), 'Gaussian blur', 'probability', "authors' code; off at 32 px and under"),
  blurSigmaMin: meta(
    z.number().gt(0).max(10).default(0.1),
    'Least blur',
    'px (sigma)',
    'SimCLR, as used by the paper',
    true,
  ),
  blurSigmaMax: meta(
    z.number().gt(0).max(10).default(2),
    'Most blur',
    'px (sigma)',
    'SimCLR, as used by the paper',
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

/** How measured values become pictures: the rule of a data set, which a run keeps. 8-bit colours are never touched. */
export const InputConfig = section({
  rule: meta(
    z.enum(['folder', 'file', 'fixed', 'photo']).default('folder'),
    'Measured values are shown',
    '',
    "by one range for the folder, so that its files compare; 'file': each by its own, 'fixed': from low to high, 'photo': by the whole range of their type",
  ),
  low: meta(z.number().nullable().default(null), 'Shown black', '', "for the rule 'fixed'", true),
  high: meta(z.number().nullable().default(null), 'Shown white', '', "for the rule 'fixed'", true),
  percentiles: meta(
    z.number().min(0).max(40).default(0.2),
    'Left out at each end',
    '%',
    'a few hot pixels must not set the range',
    true,
  ),
  ranges: meta(
    z.string().default(''),
    'Ranges of the folder',
    '',
    "measured when the folder is read, for each kind of file: 'uint16x1 125..600'; empty: each file by its own",
    true,
  ),
  bands: meta(
    z.union([z.string(), z.int().min(1)]).default(''),
    'Bands',
    '',
    "'3,2,1': which are red, green and blue, or the one shown grey; empty: as the file says, else the first three",
    true,
  ),
  page: meta(
    z.union([z.int().min(1), z.enum(['auto', 'max', 'each'])]).default('auto'),
    'Page',
    '',
    "of a stack: a number, 'max' for the brightest value over all, 'each' for every page as a photo of its own, or 'auto' for the one with the most to see",
    true,
  ),
  tiles: meta(
    z.int().min(0).max(8192).default(0),
    'Tiles',
    'px',
    'side of the tiles that images of more than one and a half of them are cut into, each a photo of its own; those of one tone are left out; 0: images stay whole',
  ),
  overlap: meta(
    z.int().min(0).max(4096).default(0),
    'Overlap of tiles',
    'px',
    'so that what lies on a cut is whole in one of them; at most half a tile',
    true,
  ),
  channels: meta(
    z.union([z.int().min(1).max(MOST_BANDS), z.enum(['colour', 'grey'])]).default('colour'),
    'Trained on',
    'bands',
    "'colour': red, green and blue, as given weights expect them; 'grey'; or a number: so many bands as they are",
  ),
  depth: meta(
    z.int().min(8).max(16).multipleOf(8).default(8),
    'Bits kept of a band',
    'bits',
    '256 steps from black to white are enough to be seen; 16 keeps those of measured bands, for twice the cache',
    true,
  ),
  statistics: meta(
    z.string().default(''),
    'Means of the bands',
    '',
    "measured with the ranges: mean and deviation of each band between black and white, '5 0.31/0.2, ...'; empty: 0.449/0.226",
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
