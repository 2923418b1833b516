/**
 * RunConfig: everything that decides what a training run computes, in one schema with one set of defaults. Unknown keys
 * throw. Each setting has its unit and the reason for its default; the groups that every method has stand beside this file,
 * a method's own in its descriptor. Data alone: what contradicts each other, and the defaults of a method, are config.ts.
 */
import { z } from 'zod';
import { defaultMethod, methodNames, methodSettings } from '../methods/index.ts';
import { meta } from '../setting.ts';
import { MOST_EPOCHS } from './limits.ts';
import { OptimizerConfig, TeacherConfig, ProbeConfig, CheckpointConfig } from './learning.ts';
import { BackboneConfig, HeadConfig, PredictorConfig } from './network.ts';
import { InputConfig, AugmentConfig } from './pictures.ts';

export const RunConfig = z
  .strictObject({
    method: meta(
      z.enum(methodNames).default(defaultMethod),
      'Method',
      '',
      'SimSiam needs neither negatives, a momentum encoder nor large batches',
      true,
    ),
    backbone: BackboneConfig,
    head: HeadConfig,
    predictor: PredictorConfig,
    temperature: meta(
      z.number().min(0.01).max(10).default(0.1),
      'Temperature',
      '',
      'of the softmax in SimCLR, MoCo and SwAV: 0.1 in SimCLR and SwAV, 0.2 in MoCo v2',
      true,
    ),
    ...methodSettings,
    stopGradient: meta(
      z.boolean().default(true),
      'Stop-gradient',
      '',
      'paper, Fig. 2: without it the network collapses',
      true,
    ),
    similarity: meta(z.enum(['cosine', 'crossEntropy']).default('cosine'), 'Similarity D', '', 'paper, Sec. 4.5', true),
    symmetry: meta(
      z.enum(['symmetric', 'asymmetric', 'asymmetric2x']).default('symmetric'),
      'Symmetry',
      '',
      'paper, Sec. 4.6: symmetric makes one more prediction a photo',
      true,
    ),
    innerSteps: meta(
      z.union([z.int().min(1).max(10_000), z.literal('epoch')]).default(1),
      'Steps per alternation',
      'steps',
      'paper, Sec. 5.2: 1 is SimSiam',
      true,
    ),
    embedding: meta(
      z.enum(['pooled', 'whitened', 'whitenedEdges']).default('pooled'),
      'Photos compared by',
      '',
      'pooled: the mean of the last map, the paper’s; whitened: the last two stages, of the photo enlarged by a half, in directions that count alike, fitted on photos without a label; finds neighbours better and embeds half as fast; whitenedEdges: the same beside edges by place and direction, for photos that are alike in shape too (docs/recipes.md)',
      true,
    ),
    imageSize: meta(
      z.int().min(16).max(512).multipleOf(8).default(128),
      'Image size',
      'px',
      '128 keeps most of the accuracy at a third of the cost of 224',
    ),
    batchSize: meta(
      z.int().min(4).max(4096).default(128),
      'Batch size',
      'photos',
      'paper, Table 2: 64 to 2048 all work',
    ),
    epochs: meta(
      z.int().min(1).max(MOST_EPOCHS).nullable().default(null),
      'Epochs',
      'epochs',
      'set this or a budget in minutes',
    ),
    minutes: meta(
      z.number().gt(0).max(100_000).nullable().default(null),
      'Time budget',
      'min',
      'the schedule is fitted to it from measured speed',
    ),
    photos: meta(
      z.int().min(8).nullable().default(null),
      'Photos used',
      'photos',
      'a part of the folder, spread evenly over it; empty: all of it',
      true,
    ),
    optimizer: OptimizerConfig,
    teacher: TeacherConfig,
    input: InputConfig,
    augment: AugmentConfig,
    probe: ProbeConfig,
    checkpoint: CheckpointConfig,
    seed: meta(
      z
        .int()
        .min(0)
        .max(2 ** 31 - 1)
        .default(0),
      'Seed',
      '',
      'the same seed, photos and machine give the same parameters',
      true,
    ),
    device: meta(
      z.enum(['auto', 'cpu', 'webgpu', 'dml', 'cuda']).default('auto'),
      'Device',
      '',
      'auto is the fastest device that passed its self-test',
    ),
    precision: meta(
      z.enum(['float32', 'float16']).default('float32'),
      'Precision',
      '',
      'float16 computes in half the bits where the graphics card has them; parameters stay float32',
      true,
    ),
    viewsBy: meta(
      z.enum(['auto', 'processor', 'device']).default('auto'),
      'Views made by',
      '',
      'auto leaves them to a graphics card whose self-test makes them rightly (WebGPU), so that it need not wait for the processor',
      true,
    ),
    copies: meta(
      z.enum(['auto', 'pixels', 'webp']).default('auto'),
      'Photos kept as',
      '',
      'auto is pixels where all photos fit the cache, else WebP at quality 80; what still does not fit is decoded again each time',
      true,
    ),
    threads: meta(z.int().min(0).max(256).default(0), 'Threads', 'threads', '0 uses every core', true),
  })
  .prefault({});

export type RunConfig = z.output<typeof RunConfig>;
export type AugmentConfig = RunConfig['augment'];

type DeepPartial<T> = T extends (infer _U)[] ? T : T extends object ? { [K in keyof T]?: DeepPartial<T[K]> } : T;
/** Some settings, to be laid over others. */
export type ConfigPatch = DeepPartial<RunConfig>;
