/** What the folder of a run keeps of the history, brought back into one that has lost it. */
import { expect, test } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { openStore } from '../../src-main/db/index.ts';

/** A run on one folder with embeddings of it and of another. */
function keptOfRun() {
  const store = openStore(':memory:');
  for (const id of ['own', 'other']) store.datasets.insert({ id, name: id, folder: `/${id}`, addedAt: 1 });
  const run = { id: 'r', name: 'first', color: '#000', state: 'finished', preset: null, clonedFrom: null } as const;
  store.runs.insert({ ...run, datasetId: 'own', config: parseConfig({}), createdAt: 1, epochs: 1, images: 1 });
  const set = { runId: 'r', checkpointId: 'c', epoch: 1, fingerprint: 'f', images: 1, dimensions: 2, createdAt: 1 };
  for (const id of ['own', 'other']) store.embeddingSets.insert({ ...set, id: `of ${id}`, datasetId: id });
  return store.kept.ofRun('r');
}

test('embeddings of another folder come back with that folder', () => {
  const store = openStore(':memory:');
  store.kept.restore(keptOfRun());
  expect(store.datasets.all().map(({ id }) => id)).toEqual(['other', 'own']);
  expect(store.embeddingSets.all().map(({ id, datasetId }) => [id, datasetId])).toEqual([
    ['of other', 'other'],
    ['of own', 'own'],
  ]);
});

test('a run comes back without the embeddings of a folder that nothing names', () => {
  const { datasets, ...rows } = keptOfRun();
  const store = openStore(':memory:');
  store.kept.restore({ ...rows, datasets: datasets!.filter(({ id }) => id === 'own') }); // as earlier versions
  expect(store.runs.get('r')).toMatchObject({ name: 'first', datasetId: 'own' });
  expect(store.embeddingSets.all().map(({ id }) => id)).toEqual(['of own']);
});
