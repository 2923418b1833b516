/**
 * Weights that come with the application: encoders trained on rendered pictures alone (scripts/starting), so that no
 * photo of anyone's is in them. Each belongs to one network; another begins with random weights.
 */
import type { BackboneConfig } from './backbone.ts';

/** `backbone.init` of a run that begins with them. */
export const RENDERED = 'rendered';

/** Whether a run begins with weights that somebody has, a file or an earlier run's, and could lose. */
export const isGivenStart = (init: string): boolean => init !== 'random' && init !== RENDERED;

export interface StartingWeights {
  /** File name in assets/starting. */
  file: string;
  name: BackboneConfig['name'];
  width: number;
  stem: BackboneConfig['stem'];
}

/** How each was made and what it is worth is in docs/recipes.md. */
export const startingWeights: readonly StartingWeights[] = [
  { file: 'resnet18-quarter-small.safetensors', name: 'resnet18', width: 0.25, stem: 'small' },
  { file: 'resnet18-half-small.safetensors', name: 'resnet18', width: 0.5, stem: 'small' },
];

/** The starting weights of a network; null where there are none. */
export const startingWeightsOf = ({ name, width, stem }: BackboneConfig): StartingWeights | null =>
  startingWeights.find((one) => one.name === name && one.width === width && one.stem === stem) ?? null;
