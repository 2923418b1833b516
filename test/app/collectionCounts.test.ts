/** Counts of a collection, in pieces: of photos listed and tagged, of several kinds, here, away and of another folder. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { AppContext } from '../../src-main/app/context.ts';
import { AppEvents } from '../../src-main/app/events.ts';
import { Library } from '../../src-main/app/library/library.ts';
import { Gone, openStore } from '../../src-main/db/index.ts';
import type { Store } from '../../src-main/db/index.ts';
import { sharedFolder } from '../helpers/folders.ts';

const directory = sharedFolder('counts');
let store: Store;
beforeAll(() => {
  store = openStore(join(directory, 'lookalike.db'));
  const labels = ['\u{10000}', '\uffff', 'b', null];
  for (const id of ['d', 'e']) {
    store.datasets.insert({ id, name: id, folder: `/${id}`, addedAt: 1 });
    store.images.add(
      id,
      Array.from({ length: 5000 }, (_, i) => ({
        file: `${i}.jpg`,
        bytes: i,
        modified: 1,
        content: null,
        label: labels[i % 4]!,
        heldOut: i % 5 === 0,
      })),
    );
  }
});
afterAll(() => {
  store.close();
});

test('are those of its photos, whoever of them is listed, tagged or both', () => {
  const { collections, datasets, images, tags } = store;
  const [ofFolder, ofOther] = [images.present('d'), images.present('e')];
  images.setGone(
    ofFolder.slice(0, 7).map(({ id }) => id),
    Gone.away,
  );
  images.setExcluded(
    ofFolder.slice(5, 60).map(({ id }) => id),
    true,
  );
  const file = ofFolder.at(100)!.file;
  for (const name of [file, 'no photo.txt'])
    images.putSkipped('d', [{ file: name, reason: 'is none', code: 'unreadable' }]);
  tags.insert({ id: 't', name: 't', color: '#d55e00', key: null, createdAt: 1 });
  tags.tag(
    't',
    [...ofFolder.slice(0, 3000), ...ofOther].map(({ id }) => id),
    true,
  );
  const listed = ofFolder.slice(2500, 4500).map(({ id }) => id);
  collections.insert({ id: 'c', name: 'c', addedAt: 1, parent: 'd', tag: 't' }, listed);

  const held = ofFolder.slice(0, 4500).map(({ id }) => images.get(id)!);
  const here = held.filter(({ gone }) => gone === Gone.here);
  const of = (label: string) => here.filter((row) => row.label === label && row.excluded === 0).length;
  const expected = {
    images: here.length,
    away: 7,
    excluded: 53,
    heldOut: here.filter(({ heldOut, excluded }) => heldOut === 1 && excluded === 0).length,
    skipped: 1,
    bytes: here.reduce((sum, { bytes }) => sum + bytes, 0),
    unread: here.length,
    formats: {},
    classes: ['b', '\u{10000}', '\uffff'].map((name) => ({ name, images: of(name) })),
  };
  expect(datasets.counts('c')).toEqual(expected);
  let pieces = 0;
  for (const work = datasets.counting('c'); !work.next().done;) pieces++;
  expect(pieces).toBe(6); // 1,000 members at a time, and then what cannot be used
  const all = ofFolder.map(({ id }) => images.get(id)!).filter(({ gone, excluded }) => gone === Gone.here && !excluded);
  expect(datasets.counts('d').heldOut).toBe(all.filter(({ heldOut }) => heldOut === 1).length);
  expect(datasets.counts('d').classes.map(({ name }) => name)).toEqual(expected.classes.map(({ name }) => name));
});

test('that is brought back into the library is counted some at a time', async () => {
  const context = {
    store,
    events: new AppEvents(),
    closing: new AbortController().signal,
    paths: { thumbnails: directory },
  };
  const library = new Library(context as unknown as AppContext);
  store.datasets.update('c', { removedAt: 1 });
  const counts = vi.spyOn(store.datasets, 'counts');
  const collection = await library.restore('c');
  expect(collection.images).toBeGreaterThan(4000);
  expect(counts).not.toHaveBeenCalledWith('c');
});
