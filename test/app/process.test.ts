/** The application as a process of its own, the local socket beside it, and the home that frees itself when it dies. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect } from '../../shared/client.ts';
import type { AppEvent } from '../../shared/contract.ts';
import { connectLocally, createApp, defaultHome, homePaths, processTransport } from '../../src-main/app/index.ts';
import type { Context } from '../../src-main/cli/command.ts';
import { openSession } from '../../src-main/cli/session.ts';
import { testFolder } from '../helpers/folders.ts';

let directory: string;
const children: ChildProcess[] = [];
beforeEach(() => void (directory = testFolder('process')));
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const wordOf = (child: ChildProcess) =>
  new Promise<{ type: string; error?: { code: string } }>((resolve) => child.once('message', resolve as () => void));

/** Starts it, and answers its first word. */
async function start(
  entry = '../../src-main/app/main.ts',
): Promise<{ child: ChildProcess; said: Awaited<ReturnType<typeof wordOf>> }> {
  const child = fork(new URL(entry, import.meta.url), ['--home', directory, '--kind', 'test'], {
    serialization: 'advanced',
    execArgv: [],
  });
  children.push(child);
  return { child, said: await wordOf(child) };
}
const gone = (child: ChildProcess) =>
  new Promise<void>((resolve) =>
    child.exitCode !== null || child.signalCode ? resolve() : child.once('exit', () => resolve()),
  );

test('it answers over its channel and over the socket, tells both of changes, and ends when its parent lets go', async () => {
  const { child, said } = await start();
  expect(said).toEqual({ type: 'ready' });
  const parent = connect(processTransport(child));
  const beside = (await connectLocally(homePaths(directory)))!;
  const seen: string[] = [];
  beside.on('settings', (event) => seen.push(event.settings.theme));
  expect((await parent.call('system.setSettings', { theme: 'dark' })).theme).toBe('dark');
  expect((await beside.call('system.settings', null)).theme).toBe('dark');
  expect(await beside.call('system.host', null)).toMatchObject({ kind: 'test', canReveal: false });
  await expect.poll(() => seen).toEqual(['dark']);
  parent.close();
  await gone(child);
  expect(child.exitCode).toBe(0);
});

test('a second one is refused; after kill -9 the home is free at once', async () => {
  const first = await start();
  const second = await start();
  expect(second.said).toMatchObject({ type: 'failed', error: { code: 'home-in-use' } });
  await gone(second.child);
  first.child.kill('SIGKILL');
  await gone(first.child);
  expect(await connectLocally(homePaths(directory))).toBeNull();
  expect((await start()).said).toEqual({ type: 'ready' });
});

test('the shell hears of every photo it asks for, also where reading one failed', async () => {
  const { child, said: first } = await start('../helpers/shellDoubleProcess.ts');
  expect(first).toEqual({ type: 'ready' });
  for (const [id, imageId] of ['no such photo', { no: 'id' }].entries()) {
    child.send({ type: 'image', id, imageId, size: 256 });
    expect(await wordOf(child)).toEqual({ type: 'image', id, image: null });
  }
  child.send({ type: 'close' });
  expect(await wordOf(child)).toEqual({ type: 'closed' });
  await gone(child);
  expect(child.exitCode).toBe(0);
});

test.skipIf(process.platform === 'win32')('a server that cannot listen lets go of the home', async () => {
  mkdirSync(homePaths(directory).socket, { recursive: true }); // in its way
  const context = { home: directory, version: '0', host: {}, signal: new AbortController().signal };
  await expect(openSession(context as unknown as Context, 'server')).rejects.toThrow();
  await (await createApp({ home: directory, host: { kind: 'test', version: '0' } })).close();
});

test('settings survive; what is wrong is refused', async () => {
  const open = () => createApp({ home: directory, host: { kind: 'test', version: '0' }, checkResults: true });
  let app = await open();
  const events: AppEvent[] = [];
  app.onEvent((event) => events.push(event));
  await app.handle('system.setSettings', { language: 'zh-CN' });
  expect(events).toMatchObject([{ name: 'settings', settings: { language: 'zh-CN', theme: 'system' } }]);
  await expect(app.handle('system.setSettings', { language: 'tlh' } as never)).rejects.toMatchObject({
    code: 'bad-request',
  });
  await app.close();
  await expect(app.handle('system.settings', null)).rejects.toMatchObject({ code: 'not-available' });
  app = await open();
  expect(await app.handle('system.settings', null)).toMatchObject({ language: 'zh-CN' });
  await app.close();
});

test('the home is LOOKALIKE_HOME, or the platform’s folder; a long one still has a short socket', () => {
  expect(defaultHome({ LOOKALIKE_HOME: '/a/b' })).toMatch(/[/\\]a[/\\]b$/);
  expect(defaultHome({})).toMatch(/lookalike/i);
  expect(Buffer.byteLength(homePaths(`/${'x'.repeat(200)}`).socket)).toBeLessThanOrEqual(100);
});
