/** A command that waits for a task: how it ends when the task, the person or the application ends it. */
import { expect, test } from 'vitest';
import type { Client } from '../../shared/client.ts';
import type { Task } from '../../shared/contract.ts';
import type { Context } from '../../src-main/cli/command.ts';
import { runTask } from '../../src-main/cli/commands/task.ts';

const task = (state: Task['state'], more: Partial<Task> = {}) =>
  ({ id: 't1', state, progress: 0.1, etaSeconds: null, message: 'reading photos, 1 of 96', ...more }) as Task;

/** Waits for a task that runs; the application says that it is cancelled when it is told to. */
function waiting() {
  const told: ((event: { task: Task }) => void)[] = [];
  const connections: ((connected: boolean) => void)[] = [];
  const say = (item: Task) => told.forEach((listener) => listener({ task: item }));
  const client = {
    on: (_name: string, listener: (event: { task: Task }) => void) => (told.push(listener), () => undefined),
    onConnection: (listener: (connected: boolean) => void) => (connections.push(listener), () => undefined),
    call: () => Promise.resolve(say(task('cancelled'))),
  } as unknown as Client;
  const quiet = () => undefined;
  const stop = new AbortController();
  const context = { output: { progress: quiet, note: quiet, clear: quiet }, signal: stop.signal } as unknown as Context;
  return {
    say,
    interrupt: () => stop.abort(new Error('stopped')),
    lose: () => connections.forEach((listener) => listener(false)),
    ended: runTask(client, context, () => Promise.resolve(task('running'))),
  };
}

test('gives what a task made', async () => {
  const { say, ended } = waiting();
  await Promise.resolve();
  say(task('done', { resultId: 'r1' }));
  expect(await ended).toBe('r1');
});

test('ends in one word when the person interrupts it', async () => {
  const { interrupt, ended } = waiting();
  await Promise.resolve();
  interrupt();
  await expect(ended).rejects.toThrow(/^stopped$/);
});

test('is cancelled also where the person interrupts it while it is being started', async () => {
  const { interrupt, ended } = waiting();
  interrupt();
  await expect(ended).rejects.toThrow(/^stopped$/);
});

test('says what was cancelled where somebody else did that', async () => {
  const { say, ended } = waiting();
  await Promise.resolve();
  say(task('cancelled'));
  await expect(ended).rejects.toMatchObject({ code: 'cancelled', message: 'reading photos, 1 of 96: cancelled' });
});

test('does not call it cancelled when the application is closed meanwhile', async () => {
  const { lose, ended } = waiting();
  await Promise.resolve();
  lose();
  await expect(ended).rejects.toThrow('the application that was doing this was closed: give the command again');
});
