/** Explore follows its address and writes it: what is asked for is opened, what is gone is said. */
import { describe, expect, it } from 'vitest';
import { IdList } from '../../../shared/idList.ts';
import { I18n } from '../../../src-renderer/state/i18n.svelte.ts';
import { Explore } from '../../../src-renderer/state/explore.svelte.ts';
import { ExploreAddress } from '../../../src-renderer/state/explore-address.svelte.ts';
import { Memory } from '../../../src-renderer/state/memory.ts';
import type { Storage } from '../../../src-renderer/state/memory.ts';
import { Pick } from '../../../src-renderer/state/pick.svelte.ts';
import { Router } from '../../../src-renderer/state/router.svelte.ts';
import { RunChoice } from '../../../src-renderer/state/run-choice.svelte.ts';
import { Runs } from '../../../src-renderer/state/runs.svelte.ts';
import { Tasks } from '../../../src-renderer/state/tasks.svelte.ts';
import { embeddingSet, runRecord } from '../../helpers/records.ts';
import { fakeClient, settled } from './fake.ts';

describe('Explore and its address', () => {
  const open = async (hash: string, { isEmbedded = true, storage = null as Storage | null } = {}) => {
    const { client, calls } = fakeClient({
      'explore.sets': () => [embeddingSet('s', 50), { ...embeddingSet('t', 50), checkpointId: 'c0', epoch: 0.5 }],
      'runs.get': () => ({ ...runRecord('r', { epoch: 1 }), checkpoints: [] }) as never,
      'explore.map': () => ({
        imageIds: IdList.of(['a', 'b', 'c']).bytes,
        positions: new Float32Array(6),
        labels: new Int32Array(3),
        classes: [],
        clusters: new Int32Array(3),
      }),
      'explore.neighbours': () => ({
        neighbours: [{ imageId: 'b', similarity: 0.9, closer: 0.99 }],
        milliseconds: 1,
        rank: 0.5,
      }),
      'explore.query': () => ({
        neighbours: [{ imageId: 'b', similarity: 0.9, closer: 0.99 }],
        milliseconds: 1,
        rank: 0.5,
      }),
      'explore.outliers': () => [],
      'explore.pick': ({ count }) => ({
        imageIds: ['a', 'b', 'c', 'gone'].slice(0, count),
        ...{ tagged: calls.length, tags: 1, milliseconds: 1 },
      }),
      'explore.gain': () => ({ points: [], classes: calls.length, pool: 9, tested: 9, draws: 5 }),
      'photos.ids': ({ tagId }) => IdList.of(tagId === 't1' ? ['b'] : ['a', 'b']).bytes,
    });
    const entries = [hash];
    let at = 0;
    const heard = new Set<() => void>();
    const router = new Router({
      get hash() {
        return entries[at]!;
      },
      set hash(to) {
        if (to === entries[at]) return;
        entries.splice(++at, Infinity, to);
      },
      replace: (to) => void (entries[at] = to),
      onChange: (listener) => (heard.add(listener), () => heard.delete(listener)),
    });
    router.listen();
    const runs = new Runs(client, new I18n());
    runs.list = [runRecord('r', { epoch: 1 }), runRecord('other', { epoch: 1 })];
    const said: string[] = [];
    const chosen: string[] = [];
    const explore = new Explore(client, new Tasks(client));
    const choice = new RunChoice({ router, runs, memory: new Memory(null) });
    const pick = new Pick(client, new Tasks(client), new Memory(storage));
    const address = new ExploreAddress(explore, choice, {
      ...{
        client,
        router,
        runs,
        pick,
        library: { get: () => undefined },
        tags: { heir: (id) => (id === 't1' ? id : null) },
      },
      say: (gone) => void said.push(gone),
      choose: (imageIds) => void chosen.push(...imageIds),
      report: (error) => {
        throw error;
      },
    });
    /** What the place's effects do, until nothing moves. */
    const rest = async () => {
      for (let i = 0; i < 3; i++) {
        address.read();
        address.follow(true);
        address.follow(true); // as it moved something itself
        await settled(5);
      }
    };
    await explore.loadSets();
    await address.check();
    if (isEmbedded) await explore.open('s');
    await rest();
    const go = async (step: number) => {
      at += step;
      for (const listener of heard) listener();
      await rest();
    };
    const steps = () => entries.map((entry) => entry.replace('#/explore?run=r&', ''));
    return { explore, choice, said, rest, go, steps, pick, chosen, calls };
  };
  const trail = (explore: Explore) => explore.trail.map((one) => (one.kind === 'photo' ? one.imageId : one.name));

  it('each query and mode is a step that Back undoes, a filter is none', async () => {
    const { explore, rest, go, steps } = await open('#/explore');
    expect(steps()).toEqual(['mode=all']);
    await explore.openPhoto('a');
    await rest();
    await explore.openPhoto('b');
    await rest();
    await explore.show('outliers');
    await rest();
    expect(steps()).toEqual([
      'mode=all',
      'mode=neighbours&photo=a',
      'mode=neighbours&photo=b&via=a',
      'mode=outliers&photo=b&via=a',
    ]);
    await go(-1);
    expect([explore.mode, trail(explore)]).toEqual(['neighbours', ['a', 'b']]);
    await go(-1);
    expect([explore.mode, trail(explore)]).toEqual(['neighbours', ['a']]);
    explore.leastCloser = 0.5;
    await rest();
    await settled(300);
    expect(steps()[1]).toBe('mode=neighbours&photo=a&closer=0.5');
    await go(1);
    expect([trail(explore), explore.leastCloser]).toEqual([['a', 'b'], 0]);
    await go(-2);
    expect([explore.mode, trail(explore)]).toEqual(['all', []]);
    expect(steps()).toHaveLength(4);
  });

  it('a reload opens the same, its way included', async () => {
    const hash = '#/explore?run=r&mode=outliers&photo=b&via=a&closer=0.5';
    const { explore, steps, said } = await open(hash);
    expect([explore.mode, trail(explore), explore.leastCloser]).toEqual(['outliers', ['a', 'b'], 0.5]);
    expect(steps()).toEqual([hash.replace('#/explore?run=r&', '')]);
    expect(said).toEqual([]);
  });

  it('an embedding shown beside is kept, a step that Back undoes', async () => {
    const { explore, rest, go, steps } = await open('#/explore?run=r&mode=neighbours&photo=a&beside=t');
    expect([explore.beside?.id, steps()]).toEqual(['t', ['mode=neighbours&photo=a&beside=t']]);
    explore.besideId = null;
    await rest();
    expect(steps()[1]).toBe('mode=neighbours&photo=a');
    await go(-1);
    expect([explore.beside?.id, trail(explore)]).toEqual(['t', ['a']]);
  });

  it('the tag that is filtered by is kept, with what is searched for', async () => {
    const { explore, rest, go, steps } = await open('#/explore?run=r&mode=search&tagged=t1');
    expect([explore.mode, explore.tagged, explore.search, explore.count]).toEqual(['search', 't1', '', 1]);
    await explore.searchFor('b');
    await rest();
    await explore.searchFor('', null);
    await rest();
    expect(steps()).toEqual(['mode=search&tagged=t1', 'mode=search&q=b&tagged=t1', 'mode=all']);
    await go(-2);
    expect([explore.mode, explore.tagged, explore.search]).toEqual(['search', 't1', '']);
  });

  it('what was picked, and what picking is worth, stand there again after a reload and with Back, though tags came', async () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    const { explore, rest, go, steps, pick } = await open('#/explore?run=r&mode=pick', { storage });
    [pick.by, pick.count] = ['varied', 2];
    await pick.pick('s');
    await rest();
    const { picked } = pick;
    await explore.show('all');
    await rest();
    await explore.show('pick');
    await rest();
    [pick.count, pick.heedTags] = [1, false];
    await pick.pick('s');
    await pick.measure('s');
    await rest();
    const last = 'mode=pick&picked=varied.1.all&gain=1';
    expect(steps()).toEqual(['mode=pick', 'mode=pick&picked=varied.2', 'mode=all', 'mode=pick&picked=varied.2', last]);
    await go(-1);
    expect([pick.picked, pick.count, pick.heedTags, pick.gain]).toEqual([picked, 2, true, null]);
    await go(-3);
    expect([explore.mode, pick.picked]).toEqual(['pick', null]);
    await go(4);
    expect([pick.as, pick.picked!.imageIds]).toEqual([{ by: 'varied', count: 1, heedTags: false }, ['a']]);

    const again = await open(`#/explore?run=r&${last}`, { storage });
    expect([again.pick.picked, again.pick.gain]).toEqual([pick.picked, pick.gain]);
    expect([again.chosen, again.steps()]).toEqual([['a'], [last]]);
    expect(again.calls.some(([method]) => method === 'explore.pick')).toBe(false);

    const elsewhere = await open('#/explore?run=r&mode=pick&picked=typical.2'); // a link, in a browser that knows nothing of it
    expect([elsewhere.pick.by, elsewhere.chosen, elsewhere.steps()]).toEqual([
      'typical',
      ['a', 'b'],
      ['mode=pick&picked=typical.2'],
    ]);
    kept.set('lookalike.picked', '[["[\\"s\\"]",7],3]'); // another program's, or damaged
    expect((await open('#/explore?run=r&mode=pick&picked=mix.1', { storage })).chosen).toEqual(['a']);
  });

  it('a dropped image is there as long as the window is', async () => {
    const { explore, rest, go, steps } = await open('#/explore');
    await explore.openImage({ name: 'mine.png', url: '', base64: '' });
    await rest();
    await explore.openPhoto('a');
    await rest();
    expect(steps().slice(1)).toEqual(['mode=neighbours&photo=*', 'mode=neighbours&photo=a&via=*']);
    await go(-1);
    expect(trail(explore)).toEqual(['mine.png']);
    const later = await open('#/explore?run=r&mode=neighbours&photo=*&via=a');
    expect([later.explore.mode, later.said]).toEqual(['all', ['image']]);
  });

  it('what is gone is said once, and the nearest to it shown', async () => {
    for (const [query, gone] of [
      ['run=x&checkpoint=y&mode=clusters&photo=z', 'run'],
      ['run=r&checkpoint=y&mode=all', 'checkpoint'],
      ['run=r&folder=y&mode=all', 'folder'],
      ['run=r&photo=z', 'photo'],
      ['run=r&mode=find&tag=y', 'tag'],
      ['run=r&mode=all&beside=y', 'beside'],
      ['run=r&mode=search&tagged=y', 'tag'],
    ] as const) {
      const { explore, choice, said, steps } = await open(`#/explore?${query}`);
      expect([said, choice.runId, choice.checkpointId, explore.trail]).toEqual([[gone], 'r', null, []]);
      expect(steps()).toEqual([query.includes('mode=find') ? 'mode=find' : 'mode=all']);
    }
  });

  it('what waits for its photos to be embedded is opened then, or dropped where another run is chosen', async () => {
    for (const [other, mode] of [
      [null, 'outliers'],
      ['other', 'all'],
    ] as const) {
      const { choice, explore, rest } = await open('#/explore?run=r&mode=outliers', { isEmbedded: false });
      if (other) choice.choose(other);
      await rest();
      await explore.open('s');
      await rest();
      expect(explore.mode).toBe(mode);
    }
  });
});
