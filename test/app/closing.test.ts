/** In which order the parts of the application close, each before what it leans on, and what one that cannot open leaves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, test, vi } from 'vitest';
import { Spare } from '../../src-main/app/compute/spare.ts';
import { Devices } from '../../src-main/app/devices/index.ts';
import { createApp } from '../../src-main/app/index.ts';
import { Laboratory } from '../../src-main/app/lab/laboratory.ts';
import { Library } from '../../src-main/app/library/library.ts';
import { RunRecords } from '../../src-main/app/runs/records.ts';
import { Supervisor } from '../../src-main/app/runs/supervisor.ts';
import { ImagePool } from '../../src-main/images/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'closing-test-'));
const open = () => createApp({ home: join(folder, 'home'), host: { kind: 'server', version: '0' } });
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** Notes when a part begins to close, and when it has. */
function watch(noted: string[]): void {
  const note = (name: string, part: object, key: string) => {
    const close = (part as Record<string, (...given: unknown[]) => unknown>)[key]!;
    vi.spyOn(part as Record<string, (...given: unknown[]) => unknown>, key).mockImplementation(function (
      this: unknown,
    ) {
      noted.push(name);
      const closed = close.call(this);
      if (closed instanceof Promise) return closed.then(() => void noted.push(`${name} closed`));
      noted.push(`${name} closed`);
      return closed;
    });
  };
  note('supervisor', Supervisor.prototype, 'close');
  note('laboratory', Laboratory.prototype, 'idle');
  note('devices', Devices.prototype, 'idle');
  note('library', Library.prototype, 'close');
  note('records', RunRecords.prototype, 'close');
  note('spare', Spare.prototype, 'close');
  note('pool', ImagePool.prototype, 'close');
  note('database', Database.prototype as object, 'close');
}

test('each part is closed before what it leans on, and only when the one before has', async () => {
  const app = await open();
  await app.handle('library.list', null);
  const noted: string[] = [];
  watch(noted);
  await app.close();
  const order = ['supervisor', 'laboratory', 'devices', 'library', 'records', 'spare', 'pool'];
  // copies of the history are opened and closed as well, some before the application closes it
  expect(noted.filter((one) => !one.startsWith('database'))).toEqual(order.flatMap((one) => [one, `${one} closed`]));
  expect(noted.at(-1)).toBe('database closed');
});

test('one that cannot open closes what it had opened and leaves its home to another', async () => {
  const noted: string[] = [];
  watch(noted);
  vi.spyOn(RunRecords.prototype, 'writeAll').mockImplementation(() => {
    throw new Error('no records');
  });
  await expect(open()).rejects.toThrow('no records');
  expect(noted.filter((one) => ['spare', 'pool closed'].includes(one))).toEqual(['spare', 'pool closed']);
  expect(noted.at(-1)).toBe('database closed');
  vi.restoreAllMocks();
  await (await open()).close();
});
