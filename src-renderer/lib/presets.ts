/** The presets that a new run is offered, and which of them suits a folder. */
import type { PresetName } from '../../shared/contract.ts';

export const mainPresets = ['quick', 'balanced', 'thorough'] as const satisfies readonly PresetName[];
export const paperPresets = ['cifar', 'imagenet'] as const satisfies readonly PresetName[];

export const isMain = (preset: PresetName): boolean => (mainPresets as readonly PresetName[]).includes(preset);

/** The preset that suits a folder: more photos fill a larger network, and are worth a longer run. */
export function suggestedPreset(images: number): PresetName {
  if (images < 5_000) return 'quick';
  return images < 30_000 ? 'balanced' : 'thorough';
}
