/**
 * The configuration of a run as it is made: partial settings laid over each other, completed by the defaults of method
 * and optimizer, checked for what contradicts each other. The settings are config/schema.ts and its parts beside it;
 * presets are partial configurations chosen from the number of images and the device, in presets.ts.
 */
import type { Reason } from './contract/wire.ts';
import { RunConfig } from './config/schema.ts';
import type { ConfigPatch } from './config/schema.ts';
import { bandsTrained, inputShape } from './input.ts';
import { KeyedError } from './errors.ts';
import type { ErrorArguments, KeyOf } from './errors.ts';
import { conflicts, methodDefaults } from './methods/index.ts';
import { reason } from './reason.ts';
import { wrongSetting } from './config/wrong.ts';

export { settings } from './config/listing.ts';
export { RunConfig } from './config/schema.ts';
export type { AugmentConfig, ConfigPatch } from './config/schema.ts';

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
  if (!result.success) throw new ConfigError(...wrongSetting(result.error.issues[0]!, input));
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
  assertInput(config);
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

/**
 * Refuses settings of `input` that contradict each other: as many names as bands, 16 bits only with bands, black below
 * white, and views made by the device only in colour.
 * @throws ConfigError
 */
function assertInput({ input, viewsBy }: RunConfig): void {
  const bands = bandsTrained(input);
  const named = String(input.bands)
    .split(',')
    .filter((band) => band.trim() !== '').length;
  if (bands !== null && named > 0 && named !== bands)
    throw new ConfigError('input.bands', reason('bad-config.bands', { bands, named, given: String(input.bands) }));
  if (input.depth === 16 && bands === null) throw new ConfigError('input.depth', reason('bad-config.depth'));
  const { rule, low, high } = input;
  if (rule === 'fixed' && low !== null && high !== null && low >= high)
    throw new ConfigError('input.low', reason('bad-config.range', { low, high }));
  if (viewsBy === 'device' && !inputShape(input).colour)
    throw new ConfigError('viewsBy', reason('bad-config.views-bands'));
}

/** Deep merge of plain objects, the later winning; the inputs are not changed. */
export function mergeConfig(...parts: (ConfigPatch | undefined)[]): ConfigPatch {
  const out: Record<string, unknown> = {};
  for (const part of parts)
    for (const [key, value] of Object.entries(part ?? {})) {
      // a name that an object does not keep as any other, and that is no setting
      if (key === '__proto__') throw new ConfigError(key, reason('bad-config.unknown', { setting: key }));
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

/** Learning rate at batch size N by the linear rule: base × N / 256 (paper, Sec. 3). */
export const peakLearningRate = (config: RunConfig): number =>
  (config.optimizer.baseLearningRate * config.batchSize) / 256;
