/** Runs that wait for one another: one trains, and the queue outlives the application, its crashes and its commands. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createApp, homePaths } from '../../src-main/app/index.ts';
import { openStore } from '../../src-main/db/index.ts';
import { app, directory, events, home, launch, open, useApp } from './appHarness.ts';
import { create, patch, reopen, state, until, writeWeights } from './runHarness.ts';

useApp({ compute: { silenceSeconds: 5 } });

test('one trains, others queue; pause, resume, stop and save', async () => {
  const first = await create(5);
  const second = await create(0);
  await until(first.id, 'running');
  expect(await state(second.id)).toBe('queued');
  await app.handle('runs.pause', { runId: first.id });
  await until(first.id, 'paused');
  await app.handle('runs.resume', { runId: first.id });
  await until(first.id, 'running');
  await expect(app.handle('runs.pause', { runId: second.id })).rejects.toMatchObject({ code: 'wrong-state' });
  await app.handle('runs.stop', { runId: first.id });
  expect(await state(first.id)).toBe('stopped');
  await until(second.id, 'finished');
});

test('a queued run can be stopped before it starts; stopping at once does not wait', async () => {
  const first = await create(5);
  const second = await create(0);
  await until(first.id, 'running');
  await app.handle('runs.stop', { runId: second.id });
  expect(await state(second.id)).toBe('stopped');
  await app.handle('runs.stop', { runId: first.id, now: true });
  expect(await state(first.id)).toBe('stopped');
});

test('one whose weights are gone when its turn comes is refused, not begun with random ones', async () => {
  const file = join(directory, 'given.safetensors');
  writeWeights(file);
  const first = await create(5);
  await until(first.id, 'running');
  const { backbone, ...rest } = patch(0);
  const second = await create(0, { patch: { ...rest, backbone: { ...backbone, init: file } } });
  rmSync(file);
  await app.handle('runs.stop', { runId: first.id, now: true });
  await until(second.id, 'failed');
  const { error, step } = await app.handle('runs.get', { runId: second.id });
  expect(error).toMatchObject({ key: 'cannot-start.no-file', values: { file } });
  expect(step).toBe(0);
});

/** What trained since the application was opened, in that order. */
const began = () => events.flatMap((event) => (event.name === 'started' ? [event.runId] : []));
const untilBegan = (...runIds: string[]) => expect.poll(began, { timeout: 30_000 }).toEqual(runIds);

test('a queue outlives the application, start after start, in its order', async () => {
  const endless = await create(5);
  const [again, next, last] = [await create(5), await create(0), await create(0)];
  await until(endless.id, 'running');
  await app.handle('runs.stop', { runId: again.id });
  await app.handle('runs.resume', { runId: again.id }); // goes behind the others
  await reopen();
  expect(await state(endless.id)).toBe('stopped'); // what trained is for the person to resume
  await untilBegan(next.id, last.id, again.id);
  const behind = await create(0);
  await reopen();
  await until(behind.id, 'finished');
  expect(began()).toEqual([behind.id]);
  expect(await state(again.id)).toBe('stopped');
});

test('after a kill what trained is interrupted and the queue goes on; a second start meanwhile is refused', async () => {
  const endless = await create(5);
  const [next, last] = [await create(5), await create(0)];
  await until(endless.id, 'running');
  await app.close();
  const store = openStore(homePaths(home()).database);
  store.runs.update(endless.id, { state: 'running' });
  store.close();
  await open();
  await expect(createApp({ home: home(), host: { kind: 'test', version: '0' }, launch })).rejects.toMatchObject({
    code: 'home-in-use',
  });
  await untilBegan(next.id);
  expect([await state(endless.id), await state(last.id)]).toEqual(['interrupted', 'queued']);
  await app.handle('runs.resume', { runId: endless.id }); // behind what was queued before
  await app.handle('runs.stop', { runId: next.id });
  await untilBegan(next.id, last.id, endless.id);
});

test('a command starts nothing that was queued in the application, and leaves nothing queued', async () => {
  const endless = await create(5);
  const [kept, taken, unwanted] = [await create(0), await create(0), await create(0)];
  await until(endless.id, 'running');
  await reopen('cli');
  const own = await create(5);
  const beside = await create(0); // of another command, which speaks to the first
  await until(own.id, 'running');
  expect(await Promise.all([kept, taken, unwanted, beside].map(({ id }) => state(id)))).toEqual(
    Array(4).fill('queued'),
  );
  await reopen('cli');
  expect(await state(beside.id)).toBe('interrupted');
  await app.handle('runs.stop', { runId: unwanted.id });
  expect(await state(unwanted.id)).toBe('stopped');
  await app.handle('runs.resume', { runId: taken.id });
  await until(taken.id, 'finished');
  expect(began()).toEqual([taken.id]);
  expect(await state(kept.id)).toBe('queued');
  await reopen();
  await until(kept.id, 'finished');
  expect(began()).toEqual([kept.id]);
  expect(await state(beside.id)).toBe('interrupted');
});
