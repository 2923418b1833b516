/** Picking in the window: what is asked for, what is given up, and what a curve says in labels. */
import { expect, it } from 'vitest';
import { isMeasurable, labelsSaved } from '../../../src-renderer/lib/gain.ts';
import { Memory } from '../../../src-renderer/state/memory.ts';
import { Pick } from '../../../src-renderer/state/pick.svelte.ts';
import { Tasks } from '../../../src-renderer/state/tasks.svelte.ts';
import { fakeClient } from './fake.ts';

const accuracy = (mean: number) => ({ mean, deviation: 0.01 });
const point = (known: number, random: number, mixed: number) => ({
  known,
  random: accuracy(random),
  mixed: accuracy(mixed),
});

it('says how many labels are saved, of the most that chance was given', () => {
  expect(labelsSaved([point(20, 0.3, 0.4), point(30, 0.35, 0.5), point(45, 0.45, 0.55)])).toEqual({
    by: 30,
    random: 45,
    accuracy: 0.45,
  });
  expect(labelsSaved([point(20, 0.3, 0.3), point(30, 0.35, 0.34)])).toBeNull();
});

it('is measured where two classes have labels enough', () => {
  const labels = Int32Array.from({ length: 25 }, (_, i) => (i < 20 ? i % 2 : -1));
  expect(isMeasurable({ classes: ['a', 'b'], labels })).toBe(true);
  expect(isMeasurable({ classes: ['a', 'b'], labels: labels.subarray(1) })).toBe(false);
  expect(isMeasurable({ classes: ['a'], labels })).toBe(false);
  expect(isMeasurable({ classes: [], labels: new Int32Array(85).fill(-1) })).toBe(false);
});

it('asks as it is set, and keeps nothing of what was given up or was of another embedding', async () => {
  const found = { imageIds: ['a', 'b'], tagged: 1, tags: 1, milliseconds: 2 };
  const fake = fakeClient({ 'explore.pick': () => found });
  const pick = new Pick(fake.client, new Tasks(fake.client), new Memory(null));
  pick.by = 'typical';
  pick.count = 2;
  expect(await pick.pick('s')).toEqual(['a', 'b']);
  expect(fake.calls).toEqual([['explore.pick', { embeddingSetId: 's', by: 'typical', count: 2, heedTags: true }]]);
  expect([pick.picked, pick.busy]).toEqual([found, null]);
  pick.reset();
  const under = pick.pick('s');
  expect(pick.busy).toBe('pick');
  pick.stop();
  expect(await under).toBeNull();
  expect([pick.picked, pick.busy]).toEqual([null, null]);
  pick.count = 2.5;
  expect(pick.isAskable).toBe(false);
});
