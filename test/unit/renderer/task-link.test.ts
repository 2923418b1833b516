/** Where a task of Activity leads: to what it is of, and to what came of it. */
import { expect, it } from 'vitest';
import { taskLink } from '../../../src-renderer/lib/task-link.ts';
import { taskRecord } from '../../helpers/records.ts';

const link = (...of: Parameters<typeof taskRecord>) => taskLink(taskRecord(...of));
const about = { runId: 'r', datasetId: 'd' };

it('leads to the run and folder that it is of, not to those that are shown by themselves', () => {
  for (const kind of ['embed', 'graph', 'umap', 'pick'] as const)
    for (const state of ['running', 'done', 'failed'] as const)
      expect(link(state, { kind, about, resultId: 'set' })).toEqual(['explore', null, { run: 'r', folder: 'd' }]);
  expect(link('running', { kind: 'evaluate', about: { runId: 'r' } })).toEqual(['evaluate', null, { run: 'r' }]);
  expect(link('done', { kind: 'fetch', about: { datasetId: 'd' } })).toEqual(['library', 'd', {}]);
  expect(link('done', { kind: 'duplicates', about: { datasetId: 'd' } })).toEqual([
    ...['library', 'd'],
    { tab: 'duplicates' },
  ]);
  expect(link('done', { kind: 'duplicates', about })[2]).toEqual({ run: 'r', folder: 'd', mode: 'duplicates' });
});

it('leads to what came of it', () => {
  const made = { resultId: 'x' };
  expect(link('done', { kind: 'export', about, ...made })).toEqual(['export', null, { result: 'x' }]);
  expect(link('done', { kind: 'cluster', about: { datasetId: 'd' }, ...made })).toEqual(['monitor', 'x', {}]);
  expect(link('done', { kind: 'cluster', resultId: '/out' })).toEqual(['runs', null, {}]);
  expect(link('done', { kind: 'frozen', ...made })).toEqual(['explore', null, { run: 'x' }]);
  expect(link('failed', { kind: 'frozen' })).toEqual(['runs', null, { encoder: '' }]);
});
