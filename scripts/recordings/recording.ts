/** One of the recorded runs: what it trains on, with which settings, and on which side of the verdict's split it is. */
import { readFileSync } from 'node:fs';
import { mergeConfig } from '../../shared/config.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import type { Folder, Half } from '../../test/unit/recordings.ts';

export interface Recording {
  folder: Folder;
  /** Photos of each class; all without it. */
  perClass?: number;
  half: Half;
  /** A committed configuration that `patch` changes, by its path in the repository. */
  file?: string;
  patch: ConfigPatch;
  /** Name of a healthy recording that differs from this one in the cause of its failure alone. */
  matched?: string;
  about: string;
}

export const configOf = ({ file, patch }: Recording): ConfigPatch =>
  mergeConfig(
    file ? (JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')) as ConfigPatch) : {},
    patch,
  );

export const A = 'chosen on';
export const B = 'held out';

/** What makes recordings of one folder that differ from one configuration: by their half, what they are about and a patch. */
export const recordingsOf =
  (photos: Pick<Recording, 'folder' | 'perClass'>, base: ConfigPatch) =>
  (half: Half, about: string, patch: ConfigPatch = {}, matched?: string): Recording => ({
    ...photos,
    half,
    patch: mergeConfig(base, patch),
    ...(matched !== undefined && { matched }),
    about,
  });
