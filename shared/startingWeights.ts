/**
 * Weights that come with the application: encoders trained on rendered pictures alone (scripts/starting), so that no
 * photo of anyone's is in them. Each belongs to one network; another begins with random weights.
 */
import type { RunConfig } from './config.ts';

/** `backbone.init` of a run that begins with them. */
export const RENDERED = 'rendered';

type Backbone = RunConfig['backbone'];

export interface StartingWeights {
  /** File name in assets/starting. */
  file: string;
  name: Backbone['name'];
  width: number;
  stem: Backbone['stem'];
}

/** How each was made and what it is worth is in docs/recipes.md. */
export const startingWeights: readonly StartingWeights[] = [
  { file: 'resnet18-quarter-small.safetensors', name: 'resnet18', width: 0.25, stem: 'small' },
];

/** The starting weights of a network; null where there are none. */
export const startingWeightsOf = ({ name, width, stem }: Omit<Backbone, 'init'>): StartingWeights | null =>
  startingWeights.find((one) => one.name === name && one.width === width && one.stem === stem) ?? null;
