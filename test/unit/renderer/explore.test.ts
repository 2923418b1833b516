/** Walking through an embedded folder. Over the real wire with answers of the test: no DOM. */
import { describe, expect, it } from 'vitest';
import { IdList } from '../../../shared/idList.ts';
import { Beside } from '../../../src-renderer/state/beside.svelte.ts';
import { Explore } from '../../../src-renderer/state/explore.svelte.ts';
import { strangersOf } from '../../../src-renderer/lib/explore-lists.ts';
import { majorityOf } from '../../../src-renderer/lib/map-data.ts';
import { Tasks } from '../../../src-renderer/state/tasks.svelte.ts';
import { embeddingSet, taskRecord as task } from '../../helpers/records.ts';
import { fakeClient } from './fake.ts';

describe('Explore', () => {
  /** `check` is asked before each answer of what can be tried again. */
  const make = (check: (method: string) => void = () => {}) => {
    const fake = fakeClient({
      'explore.embed': () => (check('explore.embed'), task('done', { resultId: 's' })),
      'explore.startUmap': () => task('done', { kind: 'umap' }),
      'explore.sets': () => (check('explore.sets'), [embeddingSet('s', 50)]),
      'explore.map': () => (
        check('explore.map'),
        {
          imageIds: IdList.of(['a', 'b']).bytes,
          positions: Float32Array.of(0, 0, 1, 1),
          labels: Int32Array.of(0, 0),
          classes: ['x'],
          clusters: Int32Array.of(0, 0),
        }
      ),
      'explore.neighbours': ({ imageId }) => ({
        neighbours: [
          { imageId: `${imageId}1`, similarity: 0.3, closer: 0.998 },
          { imageId: `${imageId}2`, similarity: 0.2, closer: 0.4 },
        ],
        milliseconds: 1,
        rank: 0.5,
      }),
      'photos.ids': () => IdList.of(['b', 'not embedded']).bytes,
      'explore.query': () => ({
        neighbours: [{ imageId: 'q1', similarity: 0.8, closer: 0.9 }],
        milliseconds: 2,
        rank: 0.004,
      }),
    });
    return { fake, explore: new Explore(fake.client, new Tasks(fake.client)) };
  };

  it('knows what was chosen in another folder', async () => {
    const { explore } = make();
    await explore.loadSets();
    await explore.open('s');
    expect(strangersOf(new Set(['x', 'y']), explore.has)).toEqual(['x', 'y']);
    expect(strangersOf(new Set(['x', 'b']), explore.has)).toEqual([]); // it gained photos since
    expect(strangersOf(new Set(), explore.has)).toEqual([]);
  });

  it('walks three photos deep and back by the trail', async () => {
    const { explore } = make();
    await explore.loadSets();
    await explore.open('s');
    for (const id of ['a', 'a1', 'a11']) await explore.openPhoto(id);
    expect(explore.trail.map((query) => (query.kind === 'photo' ? query.imageId : ''))).toEqual(['a', 'a1', 'a11']);
    expect(explore.neighbours[0]!.imageId).toBe('a111');
    await explore.back(0);
    expect(explore.trail).toHaveLength(1);
    expect(explore.neighbours[0]!.imageId).toBe('a1');
    await explore.back(-1);
    expect([explore.mode, explore.neighbours.length]).toEqual(['all', 0]);
  });

  it('lists what is found by name, label, tag or keyword and is in the embedding; of nothing, all', async () => {
    const { explore, fake } = make();
    await explore.loadSets();
    await explore.open('s');
    await explore.searchFor('  heron ');
    expect(fake.calls.at(-1)).toEqual(['photos.ids', { datasetId: explore.set!.datasetId, search: 'heron' }]);
    expect([explore.mode, explore.count, explore.at(0)!.imageId]).toEqual(['search', 1, 'b']);
    expect([...explore.marked]).toEqual(['b']);
    await explore.searchFor('', 't');
    expect(fake.calls.at(-1)).toEqual(['photos.ids', { datasetId: explore.set!.datasetId, tagId: 't' }]);
    expect(explore.mode).toBe('search');
    await explore.searchFor(' ', null);
    expect([explore.mode, explore.count]).toEqual(['all', 2]);
  });

  it('filters by a tag as long as that is there, and by the one that it was merged into', async () => {
    const { explore, fake } = make();
    await explore.loadSets();
    await explore.open('s');
    await explore.followTags((tagId) => tagId); // by none
    await explore.searchFor('', 't');
    const asked = fake.calls.length;
    await explore.followTags((tagId) => tagId);
    expect([explore.mode, explore.tagged, fake.calls.length]).toEqual(['search', 't', asked + 1]);
    explore.tagId = 't';
    await explore.followTags(() => 'u');
    expect([explore.mode, explore.tagged, explore.tagId]).toEqual(['search', 'u', 'u']);
    await explore.followTags(() => null);
    expect([explore.mode, explore.tagged, explore.count]).toEqual(['all', null, 2]);
  });

  it('shows what is similar enough, and takes an image of any kind', async () => {
    const { explore, fake } = make();
    await explore.loadSets();
    await explore.open('s');
    await explore.openPhoto('a');
    explore.leastCloser = 0.5;
    expect(explore.shown.map(({ imageId }) => imageId)).toEqual(['a1']);
    expect(explore.unlike).toBeNull();
    await explore.openImage({ name: 'drop.png', url: 'blob:x', base64: 'AAAA' });
    expect(fake.calls.at(-1)).toEqual(['explore.query', { embeddingSetId: 's', image: 'AAAA', k: 50 }]);
    expect(explore.trail).toHaveLength(2);
    expect(explore.unlike).toBe(0.004); // like nothing here, whatever its cosine
  });

  it('names a group by the label that more than half of it has, and more of it than of all photos', async () => {
    const { explore } = make();
    await explore.loadSets();
    await explore.open('s');
    expect(explore.majority(['a', 'b'])).toBeNull(); // as every photo here
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const map = { ...explore.map!, classes: ['x', 'y'], labels: Int32Array.of(0, 0, 1, 1, 1, 1) };
    const named = (of: string[]) => majorityOf({ ...map, imageIds: IdList.of(ids) }, of);
    expect(named(['a', 'b', 'unknown'])).toEqual({ name: 'x', share: 2 / 3 });
    expect(named(['unknown'])).toBeNull();
    expect(named(['a', 'unknown'])).toBeNull(); // half is not most
    expect(named(['a', 'c', 'd'])).toBeNull(); // two thirds, as of all
    expect(named(['c', 'd', 'e'])).toEqual({ name: 'y', share: 1 });
  });

  it('says why embedding failed until photos are opened', async () => {
    const { explore } = make((method) => {
      if (method === 'explore.embed') throw new Error('no memory');
    });
    await explore.embed('r', null);
    expect(explore.failure).not.toBeNull();
    await explore.loadSets();
    await explore.open('s');
    expect(explore.failure).toBeNull();
    expect([...explore.map!.imageIds]).toEqual(['a', 'b']);
  });

  it('tries again what failed and no more: embedding, reading what was made, the map of the layout asked for', async () => {
    const failing = new Set(['explore.embed', 'explore.sets', 'explore.map']);
    const { explore, fake } = make((method) => {
      if (failing.delete(method)) throw new Error(method);
    });
    const failed = () => (explore.failure?.error as Error | undefined)?.message;
    const asked = () => fake.calls.splice(0).map(([method]) => method);
    await explore.embed('r', null);
    expect([failed(), asked()]).toEqual(['explore.embed', ['explore.embed']]);
    await explore.failure!.retry();
    expect([failed(), asked()]).toEqual(['explore.sets', ['explore.embed', 'explore.sets']]);
    await explore.failure!.retry();
    expect([failed(), asked()]).toEqual([undefined, ['explore.sets']]);
    await explore.open('s'); // as the place does
    expect([failed(), asked()]).toEqual(['explore.map', ['explore.map']]);
    expect([explore.map, explore.loading]).toEqual([null, false]);
    await explore.failure!.retry();
    expect([failed(), asked()]).toEqual([undefined, ['explore.map']]);
    expect([...explore.map!.imageIds]).toEqual(['a', 'b']);
    failing.add('explore.map');
    await explore.useLayout('umap');
    expect([failed(), explore.layout, explore.map === null]).toEqual(['explore.map', 'pca', false]);
    await explore.failure!.retry();
    expect([failed(), explore.layout]).toEqual([undefined, 'umap']);
  });

  it('says nothing of a map that failed after another was opened', async () => {
    const { explore } = make((method) => {
      if (method === 'explore.map') throw new Error('too late');
    });
    await explore.loadSets();
    const first = explore.open('s');
    void explore.open('elsewhere');
    await first;
    expect(explore.failure).toBeNull();
  });

  it('shows nothing of the old choice under the name of a new one, however long that is embedded', async () => {
    const { explore } = make();
    await explore.loadSets();
    await explore.open('s');
    const asked = explore.openPhoto('a'); // its answer comes too late
    await explore.open(null); // another checkpoint, which has no embedding
    await explore.embed('r', 'other');
    await asked;
    expect([explore.set, explore.map, explore.neighbours, explore.count]).toEqual([null, null, [], 0]);
    expect([explore.mode, explore.busy]).toEqual(['all', false]);
  });

  it('shows beside it what another epoch or run made of the same folder, and of no other', async () => {
    const { explore, fake } = make();
    const other = (id: string, epoch: number, more = {}) => ({
      ...embeddingSet(id, 50),
      ...{ epoch, checkpointId: `at ${epoch}` },
      ...more,
    });
    const far = other('far', 3, { datasetId: 'e' });
    const [before, again] = [other('before', 9), { ...embeddingSet('s of fewer photos', 40) }];
    explore.sets = [embeddingSet('s', 50), other('young', 0.5), other('old', 9), far, before, again];
    await explore.open('s');
    expect(explore.others.map(({ id }) => id)).toEqual(['old', 'young']);
    for (const [asked, shown] of [
      ['young', 'young'],
      ['far', undefined],
      ['s', undefined],
    ] as const) {
      explore.besideId = asked;
      expect(explore.beside?.id).toBe(shown);
    }
    const beside = new Beside(fake.client);
    await beside.ask(other('young', 0.5), { kind: 'photo', imageId: 'a' });
    expect(fake.calls.at(-1)).toEqual(['explore.neighbours', { embeddingSetId: 'young', imageId: 'a', k: 50 }]);
    expect(beside.neighbours.map(({ imageId }) => imageId)).toEqual(['a1', 'a2']);
    // a slow answer of the one before does not come under the name of the next
    const slow = beside.ask(other('old', 9), { kind: 'photo', imageId: 'b' });
    expect([beside.neighbours, beside.busy]).toEqual([[], true]);
    await Promise.all([slow, beside.ask(other('old', 9), { kind: 'photo', imageId: 'c' })]);
    expect([beside.neighbours[0]!.imageId, beside.busy]).toEqual(['c1', false]);
  });

  it('says why there is nothing beside it, such as of a photo that came later', async () => {
    const { client } = fakeClient({
      'explore.neighbours': () => {
        throw new Error('not there yet');
      },
    });
    const beside = new Beside(client);
    await beside.ask(embeddingSet('s', 50), { kind: 'photo', imageId: 'a' });
    expect([beside.neighbours, beside.busy, String(beside.failed)]).toEqual([
      [],
      false,
      expect.stringMatching(/there/),
    ]);
  });

  it('has the colours of clusters on its map once they are known', async () => {
    let known = false;
    const { explore, fake } = make();
    const map = {
      ...{ imageIds: IdList.of(['a', 'b']).bytes, positions: Float32Array.of(0, 0, 1, 1) },
      ...{ labels: Int32Array.of(-1, -1), classes: [] },
    };
    fake.answer('explore.map', () => ({ ...map, clusters: known ? Int32Array.of(1, 0) : new Int32Array() }));
    fake.answer('explore.clusters', () => ({
      ...{ imageIds: IdList.of(['b', 'a']).bytes, starts: [0, 1, 2], coherence: [1, 1], closer: [1, 1] },
    }));
    await explore.loadSets();
    await explore.open('s');
    expect([...explore.map!.clusters]).toEqual([]);
    known = true; // its graph was made since
    await explore.show('clusters');
    expect([...explore.map!.clusters]).toEqual([1, 0]);
    const asked = fake.calls.length;
    await explore.show('clusters');
    expect(fake.calls.slice(asked).map(([method]) => method)).toEqual(['explore.clusters']);
  });

  it('selects with the lasso, also beside what is selected, and lets go', async () => {
    const { explore } = make();
    explore.select(['a', 'b']);
    expect(explore.mode).toBe('selection');
    explore.select(['b', 'c'], true);
    expect([...explore.selection]).toEqual(['a', 'b', 'c']);
    explore.select([]);
    expect(explore.mode).toBe('all');
  });
});
