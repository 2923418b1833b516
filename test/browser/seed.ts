/** A home with a history and without a training: rows as an application left them, and a folder of rendered photos. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../shared/config.ts';
import { homePaths } from '../../src-main/app/index.ts';
import { openStore } from '../../src-main/db/index.ts';
import type { RunRow } from '../../src-main/db/index.ts';
import { epochMetrics, probeMetrics } from '../helpers/records.ts';
import { renderPhotos } from './photos.ts';

export interface SeededHome {
  home: string;
  photos: string;
  remove(): void;
}

const facts = { color: '#0072b2', datasetId: 'd', preset: null, clonedFrom: null, epochs: 10, images: 24 } as const;

/** Figures of a run that lost after its third epoch what it had learned, with a checkpoint of that and one of the end. */
function fall(store: ReturnType<typeof openStore>, home: string, runId: string): void {
  const lost = { std: { backbone: 0, projection: 0.001, prediction: 0.001 }, rank: { backbone: 1, projection: 1 } };
  for (let epoch = 1; epoch <= 6; epoch++) {
    const fallen = { ...lost, loss: -1, zStdTraining: 0.001, knn: 0.1 };
    store.metrics.putEpoch(runId, epochMetrics(epoch, epoch <= 3 ? { knn: 0.4 + epoch / 20 } : fallen));
  }
  store.runs.update(runId, { untrained: probeMetrics });
  const checkpoints = [3, 6].map((epoch) => ({
    ...{ file: `step-${10 * epoch}.safetensors`, epoch, step: 10 * epoch, bytes: 1 },
    ...{ hasOptimizerState: true, kept: 'recent' as const, knn: null, agreement: null },
  }));
  store.checkpoints.replace(runId, checkpoints, 1);
  mkdirSync(homePaths(home).checkpoints(runId), { recursive: true });
  for (const { file } of checkpoints) writeFileSync(homePaths(home).checkpoint(runId, file), '1');
}

/**
 * @param runs what of each is otherwise than in a finished run of ten epochs; one that was judged fell after its third
 * @param folders names of more folders than the one of all photos, `d`, by their ids, of one shape each
 */
export async function seededHome(
  runs: Record<string, Partial<RunRow>>,
  folders: Record<string, string> = {},
): Promise<SeededHome> {
  const home = mkdtempSync(join(tmpdir(), 'lookalike-seeded-'));
  const photos = await renderPhotos(mkdtempSync(join(tmpdir(), 'lookalike-photos-')), 8);
  const store = openStore(homePaths(home).database);
  store.datasets.insert({ id: 'd', name: 'Photos', folder: photos, addedAt: 1 });
  for (const [id, name] of Object.entries(folders))
    store.datasets.insert({ id, name, folder: join(photos, id), addedAt: 1 });
  const now = Date.now();
  for (const [i, [id, more]] of Object.entries(runs).entries()) {
    store.runs.insert({ id, name: id, state: 'finished', config: parseConfig({}), createdAt: now + i, ...facts });
    store.runs.update(id, { epoch: 10, step: 20, steps: 20, endedAt: Date.now(), startedAt: 1, ...more });
    if (more.judgement) fall(store, home, id);
  }
  store.close();
  return {
    home,
    photos,
    remove: () => [home, photos].forEach((folder) => rmSync(folder, { recursive: true, force: true })),
  };
}
