/** Runs, tasks and evaluations as every page sees them, and which of them one comes back to. Over the real wire with answers of the test: no DOM. */
import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../shared/contract.ts';
import { I18n } from '../../../src-renderer/state/i18n.svelte.ts';
import { Memory } from '../../../src-renderer/state/memory.ts';
import { RunChoice } from '../../../src-renderer/state/run-choice.svelte.ts';
import { recent } from '../../../src-renderer/state/recent.ts';
import { Evaluate } from '../../../src-renderer/state/evaluate.svelte.ts';
import { epochsNotMade, Runs, sortRuns } from '../../../src-renderer/state/runs.svelte.ts';
import { Tasks } from '../../../src-renderer/state/tasks.svelte.ts';
import { datasetRecord as dataset, runRecord as run, taskRecord as task } from '../../helpers/records.ts';
import { fakeClient, settled } from './fake.ts';

describe('Tasks', () => {
  it('gives the result of a task that ends, also when the end came first', async () => {
    const fake = fakeClient({});
    const tasks = new Tasks(fake.client);
    tasks.listen();
    const finished = tasks.finish(task('running'));
    fake.send({ name: 'task', task: task('done', { resultId: 'x' }) });
    expect(await finished).toBe('x');
    expect(await tasks.finish(task('running'))).toBe('x');
  });

  it('keeps each under way in its line while they tell how far they are, and what ended in the order of that', () => {
    const tasks = new Tasks(fakeClient({}).client);
    const ids = () => tasks.list.map(({ id }) => id).join('');
    for (const id of ['a', 'b', 'c']) tasks.put(task('running', { id }));
    tasks.put(task('running', { id: 'a', progress: 0.5 }));
    expect(ids()).toBe('abc');
    for (const id of ['b', 'a']) tasks.put(task('done', { id }));
    expect(ids()).toBe('cba');
    for (let i = 0; i < 60; i++) tasks.put(task('done', { id: `${i}` }));
    expect(tasks.running.map(({ id }) => id)).toEqual(['c']); // not forgotten for what ended
    expect(tasks.list).toHaveLength(51);
  });

  it('fails as the work failed', async () => {
    const tasks = new Tasks(fakeClient({}).client);
    const finished = tasks.finish(task('running'));
    tasks.put(task('failed', { error: { name: 'AppError', message: 'disk full', code: 'disk-full' } }));
    await expect(finished).rejects.toMatchObject({ code: 'disk-full' });
  });

  it('ends for who waits when the application was started anew and knows it no more', async () => {
    const tasks = new Tasks(fakeClient({ 'tasks.list': () => [] }).client);
    const finished = tasks.finish(task('running'));
    await Promise.all([expect(finished).rejects.toMatchObject({ code: 'cancelled' }), tasks.load()]);
    expect(tasks.running).toEqual([]);
  });
});

describe('Records', () => {
  const kept: Evaluation[] = [];
  const page = () => {
    const fake = fakeClient({
      'evaluate.list': () => [...kept],
      'tasks.list': () => [task('running', { kind: 'evaluate' })],
    });
    const tasks = new Tasks(fake.client);
    tasks.listen();
    return { fake, tasks, evaluate: new Evaluate(fake.client, tasks) };
  };

  it('of a page that is opened in the middle follow the work and show what it made', async () => {
    kept.length = 0;
    const { fake, tasks, evaluate } = page();
    const stop = evaluate.listen();
    await tasks.load();
    await evaluate.load();
    expect(evaluate.work.task?.state).toBe('running');
    kept.push({ id: 'made', createdAt: 1 } as Evaluation);
    fake.send({ name: 'task', task: task('done', { kind: 'evaluate', resultId: 'made' }) });
    await settled();
    expect(evaluate.work.task).toBeUndefined();
    expect(evaluate.list.map(({ id }) => id)).toEqual(['made']);
    expect(evaluate.open?.id).toBe('made');
    stop();
  });

  it('show no photos of a cell under another result, nor of a cell that was left for another', async () => {
    kept.length = 0;
    kept.push(...['a', 'b'].map((id, createdAt) => ({ id, createdAt }) as Evaluation));
    const { fake, evaluate } = page();
    fake.answer('evaluate.cell', async ({ evaluationId, actual, predicted }) => {
      if (predicted === 0) await settled(); // the first is slow
      return [`${evaluationId}${actual}${predicted}`];
    });
    await evaluate.load();
    evaluate.show('a');
    await Promise.all([evaluate.openCell(0, 0), evaluate.openCell(0, 1)]);
    expect(evaluate.cell?.imageIds).toEqual(['a01']);
    const slow = evaluate.openCell(0, 0);
    evaluate.show('b');
    await slow;
    expect([evaluate.open?.id, evaluate.cell]).toEqual(['b', null]);
  });
});

it('a run that is new, or back, is listed by when it was made', () => {
  const runs = new Runs(fakeClient({}).client, new I18n());
  const made = (id: string, createdAt: number) => run(id, { createdAt });
  runs.list = [made('c', 3), made('a', 1)];
  runs.put(made('b', 2));
  runs.put(made('d', 4));
  runs.put({ ...made('a', 1), name: 'changed' });
  expect(runs.list.map(({ id }) => id).join('')).toBe('dcba');
});

describe('RunChoice', () => {
  const verdict = (name: 'healthy' | 'collapsed') =>
    ({ verdict: name, key: name, sentence: '', values: {}, advice: [] }) as never;
  const experiment = { experimentId: 'e', study: 'predictor', armId: 'a', seed: 0 } as const;
  const list = [
    run('arm', { epoch: 3, experiment, judgement: verdict('healthy') }),
    run('fallen', { epoch: 3, judgement: verdict('collapsed') }),
    run('new', { epoch: 3, judgement: verdict('healthy') }),
    run('old', { epoch: 3 }),
    run('empty', { epoch: 0 }),
  ];
  const choices = (runs: ReturnType<typeof run>[]) => {
    const kept = new Map<string, string>();
    const memory = new Memory({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
    });
    const state = new Runs(fakeClient({}).client, new I18n());
    state.list = runs;
    return (query: Record<string, string> = {}) =>
      new RunChoice({ runs: state, memory, router: { route: { place: 'explore', id: null, query } } as never });
  };

  it('is the newest that came to something, then the one used last', () => {
    const choose = choices(list);
    expect(choose().runId).toBe('new');
    choose().choose('old');
    expect(choose().runId).toBe('old');
    expect(choose({ run: 'new', checkpoint: 'c' })).toMatchObject({ runId: 'new', checkpointId: 'c' });
    expect(choose()).toMatchObject({ runId: 'new', checkpointId: null });
  });

  it('is an arm of the Lab or a fallen run only where it is asked for, or there is nothing else', () => {
    const choose = choices(list);
    expect(choose({ run: 'arm' }).runId).toBe('arm');
    expect(choose().runId).toBe('new');
    choose().choose('fallen');
    expect(choose().runId).toBe('new');
    expect(choices(list.slice(0, 2))().runId).toBe('fallen');
    expect(choices(list.slice(0, 1))().runId).toBe('arm');
    expect(choices([])().runId).toBeNull();
  });

  it('is another while the chosen one is deleted, at its newest checkpoint, and that one again when it is restored', () => {
    const state = new Runs(fakeClient({}).client, new I18n());
    state.list = list;
    const router = { route: { place: 'explore', id: null, query: {} } } as never;
    const choice = new RunChoice({ runs: state, memory: new Memory(null), router });
    choice.choose('old');
    choice.checkpointId = 'c';
    state.list = list.filter(({ id }) => id !== 'old');
    expect(choice).toMatchObject({ runId: 'new', checkpointId: null });
    state.list = list;
    expect(choice).toMatchObject({ runId: 'old', checkpointId: 'c' });
    state.list = list.filter(({ id }) => id !== 'old');
    choice.checkpointId = 'd'; // of what is shown now
    state.list = list;
    expect(choice).toMatchObject({ runId: 'new', checkpointId: 'd' });
  });

  it('does without a memory, and without a run that is gone', () => {
    const broken = new Memory({
      getItem: () => {
        throw new Error('off');
      },
      setItem: () => {
        throw new Error('off');
      },
    });
    broken.set('lastRun', 'old');
    expect(broken.get('lastRun')).toBeNull();
    expect(choices(list)({ run: 'gone' }).runId).toBe('new');
  });
});

describe('what one left', () => {
  it('is what was cut off, the results and the folders of late, without the arms of the Lab', () => {
    const experiment = { experimentId: 'e', study: 'predictor', armId: 'a', seed: 0 } as const;
    const { interrupted, results, folders } = recent(
      [
        run('arm', { state: 'interrupted', epoch: 2, experiment, createdAt: 9 }),
        run('cut', { state: 'interrupted', epoch: 2, createdAt: 5, startedAt: null, datasetId: 'b' }),
        run('done', { state: 'finished', epoch: 3, endedAt: 8, datasetId: 'c' }),
        run('failed', { state: 'failed', epoch: 0 }),
      ],
      [dataset('a', { addedAt: 1 }), dataset('b', { addedAt: 2 }), dataset('c', { addedAt: 3 })],
    );
    expect(interrupted.map(({ id }) => id)).toEqual(['cut']);
    expect(results.map(({ id }) => id)).toEqual(['done', 'cut']);
    expect(folders.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  });
});

it('sortRuns counts by the numbers in names', () => {
  const runs = ['run 10', 'run 9', 'run 1', 'run 101'].map((name) => run(name, { name }));
  expect(sortRuns(runs, 'name', false).map(({ name }) => name)).toEqual(['run 1', 'run 9', 'run 10', 'run 101']);
});

it('sortRuns puts the unknown last either way', () => {
  const runs = [run('a', { knn: 0.2 }), run('b'), run('c', { knn: 0.4 })];
  expect(sortRuns(runs, 'knn', true).map(({ id }) => id)).toEqual(['c', 'a', 'b']);
  expect(sortRuns(runs, 'knn', false).map(({ id }) => id)).toEqual(['a', 'c', 'b']);
});

it('epochsNotMade counts what a time budget promised and did not buy', () => {
  const { config } = run('a');
  const timed = { state: 'finished' as const, config: { ...config, minutes: 10 }, plannedEpochs: 47, epoch: 16.2 };
  const left = (change: object) => epochsNotMade(run('a', { ...timed, ...change }));
  expect(left({})).toBe(30);
  expect([{ epoch: 44 }, { epoch: 47.9 }, { state: 'running' }, { plannedEpochs: null }, { config }].map(left)).toEqual(
    Array(5).fill(null),
  );
});
