/** A run that is imported is in the history or not there at all: a kill leaves nothing that looks like a lost run. */
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createApp, homePaths } from '../../src-main/app/index.ts';
import { writeSafetensors } from '../../src-main/export/index.ts';
import { gatedTrainer } from '../helpers/gatedTrainer.ts';
import { app, datasetId, directory, home, open, useApp } from './appHarness.ts';

useApp();

test('what a killed import had written is gone at the next start, and is taken for nothing meanwhile', async () => {
  await expect.poll(async () => (await app.handle('library.get', { datasetId })).images).toBe(16);
  await app.close();
  const trainer = gatedTrainer();
  await open('test', { launch: trainer.launch });
  const file = join(directory, 'encoder.onnx');
  writeFileSync(file, 'of others');
  const task = await app.handle('frozen.use', { file, datasetId, name: null, form: {}, licence: '', origin: '' });
  const { job, report } = await trainer.next('frozen');
  const { runId, directory: folder } = job.keep!;
  mkdirSync(join(folder, 'checkpoints'), { recursive: true });
  const facts = { config: {}, step: 0, epoch: 0, knn: null, agreement: null, finished: true };
  const tensors = new Map([['onnx', { shape: [1], data: new Uint8Array(1) }]]);
  await writeSafetensors(join(folder, 'checkpoints', 'step-000000000.safetensors'), tensors, {
    facts: JSON.stringify(facts),
  });
  expect(await app.handle('system.lostRuns', null)).toBe(0);

  const killed = join(directory, 'killed'); // as its processes leave it where all of them are
  cpSync(home(), killed, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  expect(existsSync(homePaths(killed).run(runId))).toBe(true);
  const next = await createApp({ home: killed, host: { kind: 'test', version: '0' } });
  expect(await next.handle('system.lostRuns', null)).toBe(0);
  expect(await next.handle('runs.list', null)).toEqual([]);
  expect(readdirSync(homePaths(killed).runs)).toEqual([]);
  await next.close();

  report({ type: 'failed', error: { name: 'Error', code: 'bad-encoder', message: 'it is none' } });
  const state = async () => (await app.handle('tasks.list', null)).find(({ id }) => id === task.id)?.state;
  await expect.poll(state).toBe('failed');
  expect(readdirSync(homePaths(home()).runs)).toEqual([]);
});
