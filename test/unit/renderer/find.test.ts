/** Finding the rest of a tag: answers, what they rank anew, and taking them back. */
import { describe, expect, it, vi } from 'vitest';
import { I18n } from '../../../src-renderer/state/i18n.svelte.ts';
import { FindRest } from '../../../src-renderer/state/find.svelte.ts';
import { Tags } from '../../../src-renderer/state/tags.svelte.ts';
import { fakeClient } from './fake.ts';
import type { Answers } from './fake.ts';

describe('FindRest', () => {
  const start = () => {
    const answered = new Set<string>();
    const answers: Answers = {
      'explore.find': ({ tagId }) => ({
        imageIds: Array.from({ length: 9 }, (_, i) => `p${i}`).filter((id) => !answered.has(id)),
        tagged: tagId === 'flock' ? 20 : 3,
        rejected: 0,
        estimated: 12,
        range: null,
        separability: 0.6,
        apart: null,
        milliseconds: 1,
      }),
      'tags.set': ({ imageIds }) => (imageIds.forEach((id) => answered.add(id)), { changed: imageIds, rejected: [] }),
      'tags.reject': ({ imageIds }) => (imageIds.forEach((id) => answered.add(id)), { changed: imageIds }),
    };
    const fake = fakeClient(answers);
    return { fake, answers, find: new FindRest(fake.client, new Tags(fake.client, new I18n())) };
  };

  it('takes back nothing of a tag that was left while its answer was kept', async () => {
    const { find } = start();
    await find.open('s', 'heron');
    const asked = find.answer('p0', true);
    await find.open('s', 'gull');
    await asked;
    expect([find.tagId, find.canUndo, find.candidates.length]).toEqual(['gull', false, 8]);
  });

  it('does not ask again, by a ranking from before it, about a photo whose answer is being kept', async () => {
    const { fake, answers, find } = start();
    await find.open('s', 'heron');
    const rank = answers['explore.find']!;
    const gates: (() => void)[] = [];
    fake.answer('explore.find', async (params) => {
      const found = await rank(params); // of what is kept by now
      await new Promise<void>((resolve) => gates.push(resolve));
      return found;
    });
    const first = find.answer('p0', true);
    await vi.waitFor(() => expect(gates).toHaveLength(1));
    const keep = answers['tags.set']!;
    let kept = () => {};
    fake.answer('tags.set', async (params) => {
      await new Promise<void>((resolve) => (kept = resolve));
      return keep(params);
    });
    const second = find.answer('p1', true);
    gates[0]!();
    await first;
    expect(find.candidates).not.toContain('p1');
    expect(find.busy).toBe(true); // until that answer is ranked
    await vi.waitFor(() => expect(fake.calls.filter(([method]) => method === 'tags.set')).toHaveLength(2));
    kept();
    await vi.waitFor(() => expect(gates).toHaveLength(2));
    gates[1]!();
    await second;
    expect([find.busy, find.candidates.length]).toEqual([false, 7]);
  });

  it('asks about none where all were answered, and says nothing of the encoder then', async () => {
    const { find } = start();
    await find.open('s', 'flock');
    expect([find.isDone, find.isHard]).toEqual([false, true]);
    await find.acceptAll();
    expect([find.isDone, find.isHard]).toEqual([true, false]);
  });

  it('takes answers, ranks anew after each, and says where a tag cannot be told apart', async () => {
    const { fake, find } = start();
    await find.open('s', 'flock');
    expect(find.isHard).toBe(true);
    await find.open('s', 'heron');
    expect([find.candidates.length, find.isHard]).toEqual([9, false]); // of three photos nothing can be said yet
    const asked = find.answer('p0', true);
    expect(find.candidates.includes('p0')).toBe(false); // at once
    await asked;
    await find.answer('p1', false);
    expect(fake.calls.filter(([method]) => method !== 'explore.find')).toEqual([
      ['tags.set', { tagId: 'heron', imageIds: ['p0'], on: true }],
      ['tags.reject', { tagId: 'heron', imageIds: ['p1'], on: true }],
    ]);
    expect(find.candidates).toHaveLength(7);
    await find.acceptTo(1);
    expect(fake.calls.at(-2)).toEqual(['tags.set', { tagId: 'heron', imageIds: ['p2', 'p3'], on: true }]);
    await find.acceptAll();
    expect(find.candidates).toHaveLength(0);
  });

  it('takes the first that does not belong for an answer to all before it, and takes an answer back', async () => {
    const { fake, find } = start();
    const kept = () => fake.calls.filter(([method]) => method !== 'explore.find').slice(-2);
    await find.open('s', 'heron');
    expect(find.canUndo).toBe(false);
    await find.rejectAt(2);
    const [yes, no] = [['p0', 'p1'], ['p2']].map((imageIds) => ({ tagId: 'heron', imageIds }));
    expect(kept()).toEqual([
      ['tags.set', { ...yes, on: true }],
      ['tags.reject', { ...no, on: true }],
    ]);
    await find.undo();
    expect(kept()).toEqual([
      ['tags.set', { ...yes, on: false }],
      ['tags.reject', { ...no, on: false }],
    ]);
    expect(find.canUndo).toBe(false);
  });

  it('rejects again what was rejected before, and asks again about what could not be kept', async () => {
    const { fake, answers, find } = start();
    const kept = () => fake.calls.filter(([method]) => method !== 'explore.find').slice(-2);
    await find.open('s', 'heron');
    answers['tags.set'] = ({ imageIds }) => ({ changed: imageIds, rejected: ['p0'] });
    await find.answer('p0', true);
    await find.undo();
    expect(kept()).toEqual([
      ['tags.set', { tagId: 'heron', imageIds: ['p0'], on: false }],
      ['tags.reject', { tagId: 'heron', imageIds: ['p0'], on: true }],
    ]);
    answers['tags.set'] = () => Promise.reject(new Error('full'));
    await expect(find.answer('p1', true)).rejects.toThrow('full');
    expect(find.candidates.includes('p1')).toBe(true);
  });

  it('ranks anew what was tagged elsewhere, and once what was answered here', async () => {
    const { fake, answers, find } = start();
    const ranked = () => fake.calls.filter(([method]) => method === 'explore.find').length;
    await find.renew(); // nothing is open
    expect(ranked()).toBe(0);
    await find.open('s', 'heron');
    await answers['tags.set']!({ tagId: 'heron', imageIds: ['p3'], on: true }); // by the bar of the chosen photos
    await find.renew();
    expect(find.candidates).not.toContain('p3');
    const before = ranked();
    const asked = find.answer('p0', true);
    await find.renew(); // its tagging is told to every page
    await asked;
    expect(ranked()).toBe(before + 1);
  });

  it('says where few of what it put first belonged', async () => {
    const { find } = start();
    await find.open('s', 'heron');
    const answer = async (count: number, yes: boolean) => {
      for (let i = 0; i < count; i++) await find.answer('p8', yes);
    };
    await answer(19, false);
    expect(find.missed).toBeNull(); // too few to say
    await answer(1, true);
    expect(find.missed).toEqual({ asked: 20, right: 1 });
    await answer(24, true);
    expect(find.missed).toBeNull(); // 25 of the last 40
    await find.open('s', 'other');
    await answer(19, false);
    expect(find.missed).toBeNull(); // of another tag
  });
});
