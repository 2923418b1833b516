/** What goes wrong where nobody waits for it, or while something is being opened: told, and nothing is left open. */
import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import type { AppEvent } from '../../shared/contract.ts';
import { createApp } from '../../src-main/app/index.ts';
import { ComputeBroker } from '../../src-main/electron/compute.ts';
import { initialState } from '../../src-main/engine/index.ts';
import { TrainingSession } from '../../src-main/engine/training.ts';
import { ViewMaker } from '../../src-main/engine/views/maker.ts';
import { testFolder } from '../helpers/folders.ts';

const double = vi.hoisted(() => ({ child: null as unknown, released: 0 }));
vi.mock('electron', () => ({ utilityProcess: { fork: () => double.child } }));
vi.mock(import('../../src-main/engine/session.ts'), async (original) => ({
  ...(await original()),
  openSession: async () => ({ inputNames: [], outputNames: [], release: async () => void double.released++ }) as never,
}));

test('what nobody waited for is told to every window, and the application goes on', async () => {
  const home = testFolder('faults');
  const app = await createApp({ home, host: { kind: 'test', version: '0' }, checkResults: true });
  const events: AppEvent[] = [];
  app.onEvent((event) => events.push(event));
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  app.tellFault(Object.assign(new Error('no room'), { code: 'ENOSPC' }));
  app.tellFault('a word');
  expect(written).toHaveBeenCalledTimes(2);
  written.mockRestore();
  expect(events).toMatchObject([
    { name: 'fault', error: { code: 'full-disk' } },
    { name: 'fault', error: { message: 'a word' } },
  ]);
  expect(await app.handle('runs.list', null)).toEqual([]);
  await app.close();
});

test('a compute process that went by itself can be killed', () => {
  const pid = 2 ** 22 + 1; // above any that Linux gives
  double.child = Object.assign(new EventEmitter(), { pid, stderr: null, postMessage: () => {} });
  const kill = vi.spyOn(process, 'kill');
  const broker = new ComputeBroker('trainer');
  broker.receive({ type: 'compute-start', id: 1 }, () => {});
  expect(() => broker.receive({ type: 'compute-kill', id: 1 }, () => {})).not.toThrow();
  expect(() => broker.killAll()).not.toThrow();
  expect(kill.mock.calls).toEqual([
    [pid, 'SIGKILL'],
    [pid, 'SIGKILL'],
  ]);
  kill.mockRestore();
});

test('a training whose views cannot be made leaves no session open', async () => {
  const make = vi.spyOn(ViewMaker, 'create').mockRejectedValue(new Error('no shader'));
  const config = parseConfig({ backbone: { width: 0.125, stem: 'cifar' }, imageSize: 16, batchSize: 4 });
  const photos = { width: 16, height: 16, mean: [0, 0, 0], std: [1, 1, 1] } as never;
  await expect(TrainingSession.create(config, initialState(config, 8), { photos })).rejects.toThrow('no shader');
  expect(double.released).toBe(1);
  make.mockRestore();
});
