/** Commands that meet at one home: they wait for each other's start and end, however long that takes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { homePaths } from '../../src-main/app/home.ts';
import { takeTurn } from '../../src-main/app/turn.ts';
import { acquireLock } from '../../src-main/files/index.ts';
import { startCommand } from '../helpers/commandLine.ts';
import { unpackHome } from '../helpers/homes.ts';
import type { OldHome } from '../helpers/homes.ts';

let old: OldHome;
afterEach(() => old.remove());

test('an application that takes its time to close is not another Lookalike in the way', async () => {
  old = unpackHome('0.1.0');
  const paths = homePaths(old.home);
  const [turn, lock] = [takeTurn(paths)!, acquireLock(paths.lock)!]; // as one that copies a large history
  expect(takeTurn(paths)).toBeNull();
  const command = startCommand(['runs'], old.home);
  await sleep(8000);
  lock.release();
  turn.release();
  const { code, out, err } = await command.ended;
  expect(err).toMatch(/^waiting for the Lookalike that opens or closes this home/);
  expect(code).toBe(0);
  expect(out).toContain('Finished');
});

test('many commands at once are all answered', async () => {
  old = unpackHome('0.1.0');
  const all = await Promise.all(Array.from({ length: 8 }, () => startCommand(['runs'], old.home).ended));
  expect(all.map(({ code }) => code)).toEqual(all.map(() => 0));
});
