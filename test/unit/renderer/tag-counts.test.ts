/** The numbers beside tags: of the folder that is on screen, and of all where none is; and what a tag is after a merge. */
import { expect, it, vi } from 'vitest';
import type { AppEvent, Dataset, Tag } from '../../../shared/contract.ts';
import { IdList } from '../../../shared/idList.ts';
import { tagText } from '../../../src-renderer/lib/tag-text.ts';
import { I18n } from '../../../src-renderer/state/i18n.svelte.ts';
import { TagMembers } from '../../../src-renderer/state/tag-members.svelte.ts';
import { Tags } from '../../../src-renderer/state/tags.svelte.ts';
import { fakeClient, settled } from './fake.ts';

const tag = (id: string, images: number): Tag => ({ id, name: id, color: '#d55e00', key: null, images });
const [heron, gull] = [tag('heron', 1200), tag('gull', 3)];

it('are those of the folder, asked again when its tags or photos change, and of all when it is left', async () => {
  const counts: Record<string, Record<string, number>> = { a: { heron: 7 }, b: { gull: 3 } };
  const fake = fakeClient({ 'tags.counts': ({ datasetId }) => counts[datasetId]! });
  const tags = new Tags(fake.client, new I18n());
  const stop = tags.listen();
  const i18n = new I18n();
  const texts = () => [heron, gull].map((one) => tagText(i18n, tags, one));
  expect(texts()).toEqual(['heron (1,200)', 'gull (3)']);
  const leave = tags.counts.show('a');
  expect(texts()).toEqual(['heron', 'gull']); // a number of another folder would be a lie
  await vi.waitFor(() => expect(texts()).toEqual(['heron (7)', 'gull (0)']));
  counts['a'] = { heron: 8 };
  fake.calls.length = 0;
  for (let i = 0; i < 20; i++) fake.send({ name: 'tags', tags: [heron, gull] });
  await vi.waitFor(() => expect(texts()).toEqual(['heron (8)', 'gull (0)']));
  await settled();
  expect(fake.calls.length).toBeLessThanOrEqual(2);
  counts['a'] = { heron: 1 };
  fake.send({ name: 'dataset', dataset: {} as Dataset });
  await vi.waitFor(() => expect(texts()).toEqual(['heron (1)', 'gull (0)']));
  const next = tags.counts.show('b'); // the next place says so before the last one ends
  leave();
  await vi.waitFor(() => expect(texts()).toEqual(['heron (0)', 'gull (3)']));
  next();
  expect(texts()).toEqual(['heron (1,200)', 'gull (3)']);
  stop();
});

it('groups are named by the tags that most photos of their folder have, not of all', async () => {
  const many = Array.from({ length: 50 }, (_, i) => tag(`other${i}`, 9000));
  const fake = fakeClient({
    'tags.counts': () => ({ gull: 3 }),
    'tags.images': ({ tagId }) => IdList.of(tagId === 'gull' ? ['x', 'y', 'z'] : []).bytes,
  });
  const members = new TagMembers(fake.client);
  await members.load('a', [...many, gull]);
  expect(members.majority(['x', 'y', 'w'], 100)).toEqual({ name: 'gull', share: 2 / 3 });
  expect(fake.calls.filter(([method]) => method === 'tags.images')).toHaveLength(1);
});

it('a tag that was merged is the one that it was merged into, until they are parted; one that was deleted is none', async () => {
  const fake = fakeClient({});
  const tags = new Tags(fake.client, new I18n());
  const stop = tags.listen();
  const send = (event: AppEvent) => (fake.send(event), settled());
  await send({ name: 'tags', tags: [heron, gull, tag('egret', 1)] });
  expect(tags.heir('heron')).toBe('heron');
  await send({ name: 'tags', tags: [gull, tag('egret', 1)], merged: { heron: 'egret' } });
  expect(tags.heir('heron')).toBe('egret');
  await send({ name: 'tags', tags: [gull], merged: { egret: 'gull' } });
  expect(tags.heir('heron')).toBe('gull');
  await send({ name: 'tags', tags: [heron, gull] });
  expect([tags.heir('heron'), tags.heir('egret')]).toEqual(['heron', 'gull']);
  await send({ name: 'tags', tags: [heron] });
  expect([tags.heir('egret'), tags.heir('gull'), tags.heir(null)]).toEqual([null, null, null]);
  stop();
});
