/** Where the weights that come with the application lie: in the checkout, or beside the archive of a package. */
import { fileURLToPath } from 'node:url';
import type { RunConfig } from '../../../shared/config.ts';
import { startingWeightsOf } from '../../../shared/startingWeights.ts';

const up = import.meta.url.endsWith('.ts') ? '../../..' : '../../../../..';
const folder = fileURLToPath(new URL(`${up}/assets/starting/`, import.meta.url));

/** Electron reads files of its archive in its own ways only; these are unpacked, and any program can open them. */
const unpacked = (path: string): string => path.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');

/** The file for a network; null where there is none. */
export function renderedFile(backbone: RunConfig['backbone']): string | null {
  const weights = startingWeightsOf(backbone);
  return weights && unpacked(folder) + weights.file;
}
