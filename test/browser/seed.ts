/** A home with a history and without a training: rows as an application left them, and a folder of rendered photos. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../shared/config.ts';
import { homePaths } from '../../src-main/app/index.ts';
import { openStore } from '../../src-main/db/index.ts';
import type { RunRow } from '../../src-main/db/index.ts';
import { renderPhotos } from './photos.ts';

export interface SeededHome {
  home: string;
  photos: string;
  remove(): void;
}

const facts = { color: '#0072b2', datasetId: 'd', preset: null, clonedFrom: null, epochs: 10, images: 24 } as const;

/** `runs`: what of each is otherwise than in a finished run of ten epochs. */
export async function seededHome(runs: Record<string, Partial<RunRow>>): Promise<SeededHome> {
  const home = mkdtempSync(join(tmpdir(), 'lookalike-seeded-'));
  const photos = await renderPhotos(mkdtempSync(join(tmpdir(), 'lookalike-photos-')), 8);
  const store = openStore(homePaths(home).database);
  store.datasets.insert({ id: 'd', name: 'Photos', folder: photos, addedAt: 1 });
  for (const [id, more] of Object.entries(runs)) {
    store.runs.insert({ id, name: id, state: 'finished', config: parseConfig({}), createdAt: Date.now(), ...facts });
    store.runs.update(id, { epoch: 10, step: 20, steps: 20, endedAt: Date.now(), startedAt: 1, ...more });
  }
  store.close();
  return {
    home,
    photos,
    remove: () => [home, photos].forEach((folder) => rmSync(folder, { recursive: true, force: true })),
  };
}
