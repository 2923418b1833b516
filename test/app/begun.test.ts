/** The same asked for in two windows at once is begun once, and the second is told so. */
import { expect, test } from 'vitest';
import { Begun } from '../../src-main/app/begun.ts';
import { app, datasetId } from './appHarness.ts';
import { ordinary, start, useLab } from './labHarness.ts';

useLab();

test('an experiment is begun once while it is under way, and again when it is over', async () => {
  const both = await Promise.all([start(), start()]);
  expect(both.map(({ isJoined = false }) => isJoined)).toEqual([false, true]);
  expect(both[1].id).toBe(both[0].id);
  expect(await app.handle('lab.list', null)).toHaveLength(1);
  expect((await start()).id).toBe(both[0].id);
  expect((await start({ minutes: 0.2 })).isJoined).toBeUndefined(); // another experiment
  await app.handle('lab.stop', { experimentId: both[0].id, now: true });
  const again = await start();
  expect([again.id === both[0].id, again.isJoined]).toEqual([false, undefined]);
});

test('a run is begun once by two that ask at once; who asks later wants another', async () => {
  const [one, other] = await Promise.all([ordinary(0), ordinary(0)]);
  expect([other.id, one.isJoined, other.isJoined]).toEqual([one.id, undefined, true]);
  expect((await ordinary(0)).id).not.toBe(one.id);
  expect(await app.handle('runs.list', null)).toHaveLength(2);
});

test('a task is begun once, and who is refused is refused in both windows', async () => {
  const look = () => app.handle('duplicates.start', { datasetId });
  const [one, other] = await Promise.all([look(), look()]);
  expect([other.id, other.isJoined]).toEqual([one.id, true]);
  expect((await app.handle('tasks.list', null)).filter(({ kind }) => kind === 'duplicates')).toHaveLength(1);
  const refused = await Promise.allSettled([start({ datasetId: 'x' }), start({ datasetId: 'x' })]);
  expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('what failed to begin, or is over, is begun anew, and other calls are no concern of it', async () => {
  const states = new Map<string, string>();
  const look = (id: string) => ({ id, state: states.get(id)! });
  const begun = new Begun({ task: look, experiment: look });
  let count = 0;
  const begin = () => {
    states.set(String(++count), 'running');
    return { id: String(count), state: 'queued' };
  };
  const fail = () => Promise.reject(new Error('no'));
  await expect(begun.once('exports.start', {}, fail)).rejects.toThrow('no');
  expect(await begun.once('exports.start', {}, begin)).toEqual({ id: '1', state: 'queued' });
  expect(await begun.once('exports.start', {}, begin)).toEqual({ id: '1', state: 'running', isJoined: true });
  states.set('1', 'done');
  expect(await begun.once('exports.start', {}, begin)).toEqual({ id: '2', state: 'queued' });
  expect(await begun.once('tags.create', {}, begin)).toEqual({ id: '3', state: 'queued' });
  expect(await begun.once('tags.create', {}, begin)).toEqual({ id: '4', state: 'queued' });
});

test('a home that closes as something was begun is no failure that nobody hears of, which would end the process', async () => {
  const closed = () => {
    throw new Error('closed');
  };
  const unheard: unknown[] = [];
  const hear = (error: unknown) => void unheard.push(error);
  process.on('unhandledRejection', hear);
  try {
    await new Begun({ task: closed, experiment: closed }).once('exports.start', {}, () => ({
      id: '1',
      state: 'queued',
    }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(unheard).toEqual([]);
  } finally {
    process.off('unhandledRejection', hear);
  }
});
