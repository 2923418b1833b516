/** The Lab across restarts and beside other trainings: what goes on, and whose turn it is. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { given, nameIn } from '../../shared/naming.ts';
import { reason } from '../../shared/reason.ts';
import { homePaths } from '../../src-main/app/index.ts';
import { app, datasetId, events, home, open } from './appHarness.ts';
import { edit, get, long, ordinary, runState, running, start, until, useLab } from './labHarness.ts';

useLab();

test('an experiment goes on at the next start, its arm from its checkpoint; a command line leaves it alone', async () => {
  const { id } = await start({ minutes: long });
  await running(id, 0);
  await app.close();
  await open('cli');
  expect((await get(id)).state).toBe('stopped');
  expect(events.some((event) => event.name === 'started')).toBe(false);
  await app.close();
  await open();
  expect((await get(id)).state).toBe('running');
  await until(id, 'finished');
  expect(events.find((event) => event.name === 'started')).toMatchObject({ runId: (await get(id)).cells[0]!.runId });
  expect((events.find((event) => event.name === 'started') as { startStep: number }).startStep).toBeGreaterThan(0);
  expect((await app.handle('runs.list', null)).map(({ state }) => state)).toEqual(['finished', 'finished']);
});

test('arms are named by the program, also those that begin in another session, unless a person named them', async () => {
  const { id } = await start({ minutes: long });
  await running(id, 0);
  const [first] = await app.handle('runs.list', null);
  await app.close();
  // as an earlier version named them, in the language of who asked
  edit(({ runs, datasets }) => {
    runs.update(first!.id, { name: '停止梯度：有停止梯度', naming: null });
    datasets.update(datasetId, given(reason('given.sample')));
  });
  await open();
  await until(id, 'finished');
  const named = async () => (await app.handle('runs.list', null)).map((run) => [run.name, nameIn('zh-CN', run)]);
  expect(await named()).toEqual([
    ['Stop-gradient: without stop-gradient', '停止梯度：无停止梯度'],
    ['Stop-gradient: with stop-gradient', '停止梯度：有停止梯度'],
  ]);
  const reports = (['en', 'zh-CN'] as const).map((language) =>
    app.handle('lab.preview', { experimentId: id, language }),
  );
  const texts = (await Promise.all(reports)).map(([page]) => page!.text);
  expect(texts.map((text) => ['sample photos', '示例照片'].map((name) => text.includes(name)))).toEqual([
    [true, false],
    [false, true],
  ]);
  await app.handle('runs.update', { runId: first!.id, name: 'mine' });
  expect((await named()).at(-1)).toEqual(['mine', 'mine']);
});

test('what was running when the application was killed goes on too', async () => {
  const { id } = await start();
  await until(id, 'finished');
  await app.close();
  edit((store) => {
    const [, cell] = store.lab.cells(id);
    store.lab.update(id, { state: 'running', endedAt: null });
    store.lab.updateCell(id, 1, { ended: null, figures: null });
    store.runs.update(cell!.runId!, { state: 'running' });
    rmSync(
      join(
        homePaths(home()).checkpoints(cell!.runId!),
        readdirSync(homePaths(home()).checkpoints(cell!.runId!)).sort().at(-1)!,
      ),
    );
  });
  await open();
  await until(id, 'finished');
  expect((await get(id)).rows.map(({ done }) => done)).toEqual([1, 1]);
  expect(await app.handle('runs.list', null)).toHaveLength(2);
});

test('paused, resumed, stopped and resumed; a second experiment waits for the first', async () => {
  const { id } = await start({ minutes: long });
  const second = await start();
  await running(id, 0);
  expect((await get(second.id)).state).toBe('queued');
  await app.handle('lab.pause', { experimentId: id });
  await until(id, 'paused');
  await expect(app.handle('lab.pause', { experimentId: second.id })).rejects.toMatchObject({ code: 'wrong-state' });
  await app.handle('lab.resume', { experimentId: id });
  await until(id, 'running');
  await app.handle('lab.stop', { experimentId: id });
  expect((await get(id)).state).toBe('stopped');
  expect((await get(id)).cells.map(({ state }) => state)).toEqual(['stopped', 'queued']);
  await until(second.id, 'finished');
  await app.handle('lab.resume', { experimentId: id });
  await until(id, 'finished');
  expect((await get(id)).rows.map(({ done }) => done)).toEqual([1, 1]);
  await expect(app.handle('lab.resume', { experimentId: id })).rejects.toMatchObject({ code: 'wrong-state' });
  await expect(app.handle('lab.stop', { experimentId: id })).rejects.toMatchObject({ code: 'wrong-state' });
});

test('an arm that waits for another training survives a restart', async () => {
  const other = await ordinary(5);
  await expect.poll(() => runState(other.id), { timeout: 30_000 }).toBe('running');
  const { id } = await start();
  await expect.poll(async () => (await get(id)).cells[0]!.runId).not.toBeNull();
  expect((await get(id)).cells[0]!.state).toBe('queued');
  await app.close();
  await open();
  await until(id, 'finished');
  expect(await runState(other.id)).toBe('stopped');
});

test('after a restart the arm that trained goes on first, one that waited keeps its turn', async () => {
  const order = () => events.flatMap((event) => (event.name === 'started' ? [event.runId] : []));
  const { id } = await start({ minutes: long });
  await running(id, 0);
  const queued = await ordinary(0);
  await app.close();
  await open();
  await until(id, 'finished');
  const [first, second] = (await get(id)).cells;
  expect(order()).toEqual([first!.runId, queued.id, second!.runId]);

  const blocking = await ordinary(5);
  await expect.poll(() => runState(blocking.id), { timeout: 30_000 }).toBe('running');
  const ahead = await ordinary(0);
  const later = await start();
  await expect.poll(async () => (await get(later.id)).cells[0]!.runId).not.toBeNull();
  await app.close();
  await open('cli'); // where it is asleep, it can be resumed all the same
  await app.handle('lab.resume', { experimentId: later.id });
  await until(later.id, 'finished');
  expect(await runState(ahead.id)).toBe('queued');
  await app.close();
  await open();
  await expect.poll(() => runState(ahead.id), { timeout: 30_000 }).toBe('finished');
});
