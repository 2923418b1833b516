/**
 * Settings that do nothing beside another one: the form keeps them out of the way and says beside what. A row is enough;
 * what contradicts another setting is refused instead (config.ts).
 */
import type { RunConfig } from './schema.ts';

interface Idle {
  /** Dotted paths. */
  settings: readonly string[];
  /** The setting beside which they do nothing. */
  beside: string;
  isIdle(config: RunConfig): boolean;
}

const rows: readonly Idle[] = [
  { settings: ['head.hiddenDim'], beside: 'head.layers', isIdle: ({ head }) => head.layers === 1 },
  {
    settings: ['predictor.hiddenDim'],
    beside: 'predictor.kind',
    isIdle: ({ predictor: { kind } }) => kind !== 'mlp' && kind !== 'fixed',
  },
  {
    settings: ['predictor.learningRate'],
    beside: 'predictor.kind',
    isIdle: ({ predictor }) => predictor.kind !== 'mlp',
  },
  {
    settings: ['predictor.averageMomentum'],
    beside: 'predictor.kind',
    isIdle: ({ predictor }) => predictor.kind !== 'movingAverage',
  },
  {
    settings: ['temperature'],
    beside: 'method',
    isIdle: ({ method }) => method !== 'simclr' && method !== 'moco' && method !== 'swav',
  },
  {
    settings: ['backbone.origin', 'backbone.licence'],
    beside: 'backbone.init',
    isIdle: ({ backbone }) => backbone.init === 'random',
  },
  {
    settings: ['teacher.weight', 'teacher.origin', 'teacher.licence'],
    beside: 'teacher.from',
    isIdle: ({ teacher }) => teacher.from === '',
  },
  { settings: ['optimizer.momentum'], beside: 'optimizer.name', isIdle: ({ optimizer }) => optimizer.name === 'adamw' },
  {
    settings: ['optimizer.trustCoefficient'],
    beside: 'optimizer.name',
    isIdle: ({ optimizer }) => optimizer.name !== 'lars',
  },
  {
    settings: ['optimizer.beta1', 'optimizer.beta2', 'optimizer.epsilon'],
    beside: 'optimizer.name',
    isIdle: ({ optimizer }) => optimizer.name !== 'adamw',
  },
  {
    settings: ['augment.brightness', 'augment.contrast', 'augment.saturation', 'augment.hue'],
    beside: 'augment.jitter',
    isIdle: ({ augment }) => augment.jitter === 0,
  },
  {
    settings: ['augment.blurSigmaMin', 'augment.blurSigmaMax'],
    beside: 'augment.blur',
    isIdle: ({ augment }) => augment.blur === 0,
  },
];

/** The setting beside which `path` does nothing in this configuration; null: it counts. */
export const idleBeside = (path: string, config: RunConfig): string | null =>
  rows.find(({ settings, isIdle }) => settings.includes(path) && isIdle(config))?.beside ?? null;
