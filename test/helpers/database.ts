/** A database of its own for each test of the file that imports this, with a folder and with a run, and rows for it. */
import { join } from 'node:path';
import { beforeEach } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { openStore } from '../../src-main/db/index.ts';
import type { Store } from '../../src-main/db/index.ts';
import { testFolder } from './folders.ts';

export let directory: string;
beforeEach(() => void (directory = testFolder('db')));
export const file = () => join(directory, 'lookalike.db');

export const found = (name: string, bytes = 10, modified = 1) => ({
  file: name,
  bytes,
  modified,
  content: null,
  label: null,
  heldOut: false,
});
export const aStep = { step: 1, epoch: 0.1, loss: -0.5, zStdTraining: 1, learningRate: 0.1, trainingSeconds: 1, at: 1 };
export const facts = { width: 4, height: 3, format: 'jpeg', hash: '00', content: 'ab', notes: null };
export const undescribed = { rating: null, keywords: [], taken: null, camera: null };
export const unruled = { label: null, heldOut: 0, group: null };
export const tag = { name: 'Waders', color: '#d55e00', key: null, createdAt: 1 };
export function withDataset(work: (store: Store) => void, database = file()) {
  const store = openStore(database);
  store.datasets.insert({ id: 'd1', name: 'Photos', folder: '/photos', addedAt: 1 });
  work(store);
  store.close();
}
export function withRun(work: (store: Store) => void, database?: string) {
  withDataset((store) => {
    const base = {
      color: '#336699',
      state: 'queued',
      datasetId: 'd1',
      preset: null,
      clonedFrom: null,
      epochs: 3,
      images: 8,
    } as const;
    store.runs.insert({ ...base, id: 'r1', name: 'One', config: parseConfig({ epochs: 3 }), createdAt: 1 });
    work(store);
  }, database);
}
