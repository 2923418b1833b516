/** The chosen photos over a reload: kept by the tab, few or a million, and those that are gone meanwhile let go. */
import { describe, expect, it, vi } from 'vitest';
import { IdList } from '../../../shared/idList.ts';
import type { AppResult } from '../../../shared/contract.ts';
import { shortHash } from '../../../src-main/db/index.ts';
import { packIds, unpackIds } from '../../../src-renderer/lib/packed-ids.ts';
import { KeptSelection } from '../../../src-renderer/state/kept-selection.ts';
import { Selection } from '../../../src-renderer/state/selection.svelte.ts';
import { datasetRecord } from '../../helpers/records.ts';
import { fakeClient } from './fake.ts';

const folder = shortHash('/photos');
const other = shortHash('/others');
const photos = (of: string, count: number) => Array.from({ length: count }, (_, i) => `${of}-${shortHash(`${i}`)}`);

describe('ids as a short text', () => {
  it('are the same again and in their order, whatever their folders and form', () => {
    const mixed = [
      ...photos(folder, 3),
      ...photos(other, 2),
      'x',
      'd-1',
      ...photos(folder, 2),
      `${folder}-vvvvvvvvvvvv`,
    ];
    for (const ids of [mixed, [], ['a'], [`${folder}-000000000000`]]) expect(unpackIds(packIds(ids))).toEqual(ids);
  });

  it('are four letters a photo, all of which any storage keeps', () => {
    const text = JSON.stringify(packIds(photos(folder, 50_000)));
    expect(text.length).toBeLessThan(50_000 * 4 + 50);
    expect([...text].every((letter) => letter >= ' ' && letter < '\ud800')).toBe(true);
  });
});

/** A tab, whose storage outlives its pages. `room`: letters that it takes. */
function tab({ room = 5_000_000 } = {}) {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    removeItem: (key: string) => void stored.delete(key),
    setItem(key: string, value: string) {
      if (value.length > room) throw new DOMException('full', 'QuotaExceededError');
      stored.set(key, value);
    },
  };
  /** The folders that are there, and their photos. */
  const there = new Map([[folder, photos(folder, 9)]]);
  const state = { of: 'ready' as AppResult<'library.list'>[number]['state'] };
  const open = (keeps: typeof storage | null = storage) => {
    const fake = fakeClient({ 'photos.ids': ({ datasetId }) => IdList.of(there.get(datasetId)!).bytes });
    const selection = new Selection();
    const say = vi.fn();
    const library = {
      get: (id: string | null) => (there.has(id!) ? datasetRecord(id!, { state: state.of }) : undefined),
    };
    const kept = new KeptSelection({ client: fake.client, selection, library, storage: keeps, say });
    kept.listen();
    return { selection, say, kept, fake };
  };
  return { open, there, state, stored };
}

describe('over a reload', () => {
  it('the same photos are chosen at once, with the folder they are of; none where none was', async () => {
    const { open } = tab();
    const before = open();
    const ids = photos(folder, 3).toReversed();
    before.selection.set(ids);
    before.selection.standIn(folder);
    before.kept.keep();
    const after = open();
    expect([...after.selection.ids]).toEqual(ids);
    expect(after.selection.standIn(other)).toEqual(ids); // whose they are is known
    after.selection.set(ids);
    await after.kept.check();
    expect(after.selection.size).toBe(3);
    expect(after.say).not.toHaveBeenCalled();
    expect(after.selection.isLetGo).toBe(false);
    after.selection.clear();
    after.kept.keep();
    const cleared = open().selection;
    expect([cleared.size, cleared.isLetGo]).toEqual([0, true]);
    const fresh = tab().open();
    fresh.kept.keep();
    expect(fresh.selection.isLetGo).toBe(false);
  });

  it('those that are gone meanwhile are let go, which is said; those of a folder that is away are not', async () => {
    const { open, there, state } = tab();
    const before = open();
    before.selection.set([...photos(folder, 4), ...photos(other, 2)]);
    before.kept.keep();
    there.set(folder, photos(folder, 3));
    state.of = 'offline';
    const after = open();
    await after.kept.check();
    expect([...after.selection.ids]).toEqual(photos(folder, 4)); // the other folder was taken out
    expect(after.say.mock.calls).toEqual([['gone', 2]]);
    const tell = () => after.fake.send({ name: 'dataset', dataset: datasetRecord(folder, { state: state.of }) });
    tell();
    state.of = 'ready'; // it came back without one of them
    tell();
    await vi.waitFor(() => expect([...after.selection.ids]).toEqual(photos(folder, 3)));
    expect(after.say).toHaveBeenLastCalledWith('gone', 1);
    there.delete(folder);
    after.fake.send({ name: 'datasetRemoved', datasetId: folder });
    await vi.waitFor(() => expect(after.selection.size).toBe(0));
    expect(after.say).toHaveBeenLastCalledWith('gone', 3);
  });

  it('too many for the storage are said to be lost, once, and no older choice stands in their place', async () => {
    const { open } = tab({ room: 200 });
    const before = open();
    before.selection.set(photos(folder, 2));
    before.kept.keep();
    before.selection.set(photos(folder, 500));
    before.kept.keep();
    const after = open();
    expect(after.selection.size).toBe(0);
    await after.kept.check();
    await after.kept.check();
    expect(after.say.mock.calls).toEqual([['notKept', 500]]);
    after.kept.keep();
    await open().kept.check();
    expect(after.say).toHaveBeenCalledTimes(1);
  });

  it('nothing is chosen by what another version kept, and all works without a storage', () => {
    const { open, stored } = tab();
    for (const text of ['', '{', '{"folder":1}', '[]', '{"folder":null,"count":1,"packed":[["a"]]}']) {
      stored.set('lookalike.selection', text);
      expect(open().selection.size).toBe(0);
    }
    const { selection, kept } = open(null);
    selection.set(photos(folder, 2));
    expect(() => kept.keep()).not.toThrow();
  });
});
