/** What a start makes of runs whose files it cannot touch. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { homePaths } from '../../src-main/app/index.ts';
import { Leases } from '../../src-main/app/leases.ts';
import { reconcile } from '../../src-main/app/runs/reconcile.ts';
import { openStore } from '../../src-main/db/index.ts';
import { directory, file, withRun } from '../helpers/database.ts';

test('a deleted run whose files cannot be removed keeps no home closed, and is there for the next start', async () => {
  withRun((store) => store.runs.update('r1', { deletedAt: 1 }));
  const store = openStore(file());
  const below = join(file(), 'r1'); // in what is no folder
  const paths = { ...homePaths(directory), run: () => below };
  await reconcile({ store, paths, leases: new Leases() });
  expect(store.runs.get('r1')?.deletedAt).toBe(1);
  await reconcile({ store, paths: homePaths(directory), leases: new Leases() });
  expect(store.runs.get('r1')).toBeUndefined();
  store.close();
});

test('what is wrong with the history is told', async () => {
  withRun(() => {});
  const store = openStore(file());
  store.close();
  await expect(reconcile({ store, paths: homePaths(directory), leases: new Leases() })).rejects.toThrow();
});
