/**
 * RunConfig: everything that decides what a training run computes, in one schema with one set of defaults.
 * Each setting carries its unit and the reason for its default; unknown keys throw. Presets are partial
 * configurations chosen from the number of images and the device; they live in presets.ts.
 */
import { z } from 'zod';
import type { Reason } from './contract/wire.ts';
import { KeyedError, reason } from './errors.ts';
import type { ErrorArguments, KeyOf } from './errors.ts';
import { conflicts, defaultMethod, methodDefaults, methodNames, methodSettings } from './methods/index.ts';
import { meta, section } from './setting.ts';
import type { SettingMeta } from './setting.ts';

export type { SettingMeta } from './setting.ts';

const probability = z.number().min(0).max(1);

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
    "'random', the path of a safetensors file with timm or torchvision ResNet names, or 'run:ID' of an earlier run",
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

export const CheckpointConfig = section({
  minutes: meta(z.number().gt(0).max(1440).default(5), 'Save every', 'min', 'what a power cut may cost at most', true),
  diskGigabytes: meta(
    z.number().gt(0).max(10_000).default(5),
    'Disk for checkpoints',
    'GB',
    'the thinned series is pruned to stay under it',
  ),
});

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
      z.int().min(1).max(100_000).nullable().default(null),
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
    optimizer: OptimizerConfig,
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
    threads: meta(z.int().min(0).max(256).default(0), 'Threads', 'threads', '0 uses every core', true),
  })
  .prefault({});

export type RunConfig = z.output<typeof RunConfig>;
export type RunConfigInput = z.input<typeof RunConfig>;
export type AugmentConfig = RunConfig['augment'];

/** A setting that cannot be used; `setting` is its dotted path. */
export class ConfigError<Key extends KeyOf<'bad-config'> = KeyOf<'bad-config'>> extends KeyedError<Key> {
  override readonly name = 'ConfigError';
  readonly setting: string;
  constructor(setting: string, { key, values }: Reason<Key>) {
    super(key, ...([values, { setting }] as unknown as ErrorArguments<Key>));
    this.setting = setting;
  }
}

/** Defaults of an optimizer where it differs from SGD, below everything that a preset or a person sets: torch.optim.AdamW's. */
const optimizerDefaults: Record<string, ConfigPatch> = {
  adamw: { optimizer: { baseLearningRate: 1e-3, weightDecay: 0.01 } },
};

/** AdamW moves every weight by about its rate, whatever the gradient: at a rate for SGD it moves them apart. */
const LARGEST_ADAM_RATE = 0.02;

/**
 * Validates `input` and fills in the defaults, those of its method first, then those of its optimizer.
 * @throws ConfigError naming the setting, what was given and what is allowed.
 */
export function parseConfig(input: unknown): RunConfig {
  const result = RunConfig.safeParse(
    isObject(input)
      ? mergeConfig(
          methodDefaults(input.method),
          optimizerDefaults[String(isObject(input.optimizer) && input.optimizer.name)],
          input as ConfigPatch,
        )
      : (input ?? {}),
  );
  if (!result.success) throw configError(result.error.issues[0]!);
  const config = result.data;
  for (const { setting, reason: why } of conflicts(config)) throw new ConfigError(setting, why);
  if (config.epochs === null && config.minutes === null) config.epochs = 100;
  if (config.epochs !== null && config.minutes !== null)
    throw new ConfigError('minutes', reason('bad-config.two-budgets'));
  if (config.optimizer.name === 'adamw' && config.optimizer.baseLearningRate > LARGEST_ADAM_RATE)
    throw new ConfigError(
      'optimizer.baseLearningRate',
      reason('bad-config.adam-rate', { rate: config.optimizer.baseLearningRate }),
    );
  const { cropScaleMin, cropScaleMax, blurSigmaMin, blurSigmaMax } = config.augment;
  if (cropScaleMin > cropScaleMax)
    throw new ConfigError(
      'augment.cropScaleMin',
      reason('bad-config.crop', { least: cropScaleMin, most: cropScaleMax }),
    );
  if (blurSigmaMin > blurSigmaMax)
    throw new ConfigError(
      'augment.blurSigmaMin',
      reason('bad-config.blur', { least: blurSigmaMin, most: blurSigmaMax }),
    );
  return config;
}

function configError(issue: z.core.$ZodIssue): ConfigError {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = [...issue.path, issue.keys[0]].join('.');
    return new ConfigError(key, reason('bad-config.unknown', { setting: key }));
  }
  const setting = path || 'config';
  return new ConfigError(setting, reason('bad-config.setting', { setting, detail: issue.message }));
}

export type DeepPartial<T> = T extends (infer _U)[] ? T : T extends object ? { [K in keyof T]?: DeepPartial<T[K]> } : T;
export type ConfigPatch = DeepPartial<RunConfig>;

/** Deep merge of plain objects, the later winning; the inputs are not changed. */
export function mergeConfig(...parts: (ConfigPatch | undefined)[]): ConfigPatch {
  const out: Record<string, unknown> = {};
  for (const part of parts)
    for (const [key, value] of Object.entries(part ?? {})) {
      const old = out[key];
      out[key] = isObject(value) ? mergeConfig((isObject(old) ? old : {}) as ConfigPatch, value as ConfigPatch) : value;
    }
  return out as ConfigPatch;
}

const isObject = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null && !Array.isArray(x);

/**
 * `key=value` from the command line as a patch: numbers, true, false and null are read as such, the rest is text.
 * @throws ConfigError when there is no '='.
 */
export function patchFromAssignment(assignment: string): ConfigPatch {
  const at = assignment.indexOf('=');
  if (at <= 0) throw new ConfigError(assignment, reason('bad-config.assignment', { assignment }));
  const text = assignment.slice(at + 1).trim();
  let value: unknown = text;
  if (/^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) value = Number(text);
  else if (text === 'true' || text === 'false') value = text === 'true';
  else if (text === 'null') value = null;
  return assignment
    .slice(0, at)
    .trim()
    .split('.')
    .reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as ConfigPatch;
}

/** Every setting as (dotted path, its meta): for `--help`, the form and the configuration page of the docs. */
export function settings(): { path: string; meta: SettingMeta; schema: z.ZodType; default: unknown }[] {
  const defaults = RunConfig.parse({}) as Record<string, unknown>;
  const out: { path: string; meta: SettingMeta; schema: z.ZodType; default: unknown }[] = [];
  const visit = (schema: z.ZodType, path: string, value: unknown) => {
    const inner = schema instanceof z.ZodPrefault ? (schema.unwrap() as z.ZodType) : schema;
    if (inner instanceof z.ZodObject)
      for (const [key, child] of Object.entries(inner.shape as Record<string, z.ZodType>))
        visit(child, path ? `${path}.${key}` : key, (value as Record<string, unknown>)[key]);
    else out.push({ path, meta: schema.meta() as unknown as SettingMeta, schema, default: value });
  };
  visit(RunConfig, '', defaults);
  return out;
}

/** Learning rate at batch size N by the linear rule: base × N / 256 (paper, Sec. 3). */
export const peakLearningRate = (config: RunConfig): number =>
  (config.optimizer.baseLearningRate * config.batchSize) / 256;
