/** The settings of the network that every method has: backbone, heads, predictor. */
import { z } from 'zod';
import { meta, section } from '../setting.ts';

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
    "'random', 'rendered' (trained on rendered pictures, comes with the application), the path of a ResNet's weights (safetensors or PyTorch's .pth, of timm, torchvision, MoCo, SwAV, DINO, SimSiam, BYOL; or ONNX), or 'run:ID' of an earlier run ('run:ID@CHECKPOINT': of one of its checkpoints)",
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
