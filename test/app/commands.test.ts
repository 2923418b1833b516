/** Commands side by side: the application that one of them started lives as long as the last that uses it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeEach, expect, test } from 'vitest';
import { connectLocally, homePaths, isHeld, startApp } from '../../src-main/app/index.ts';
import { startCommand } from '../helpers/commandLine.ts';
import { testFolder } from '../helpers/folders.ts';

let directory: string;
const home = () => join(directory, 'home');
beforeEach(() => void (directory = testFolder('commands')));

test('an application outlives the command that started it while another uses it, and ends with the last', async () => {
  const first = await startApp(home(), '0');
  const second = (await connectLocally(homePaths(home())))!;
  const third = (await connectLocally(homePaths(home())))!;
  await first.close();
  await expect(first.client.call('system.host', null)).rejects.toMatchObject({ code: 'disconnected' });
  expect(await second.call('system.host', null)).toMatchObject({ kind: 'cli' });
  second.close();
  expect(await third.call('runs.list', null)).toEqual([]);
  third.close();
  await expect.poll(() => isHeld(home()), { timeout: 20_000 }).toBe(false);
});

test('one that is alone ends before its command does; what keeps it from opening is told', async () => {
  const only = await startApp(home(), '0');
  expect(isHeld(home())).toBe(true);
  await only.close();
  expect(isHeld(home())).toBe(false);
  writeFileSync(join(directory, 'file'), '');
  await expect(startApp(join(directory, 'file'), '0')).rejects.toMatchObject({ code: 'unwritable-home' });
});

test('a command that ends takes nothing from one that waits behind it', async () => {
  const photos = join(directory, 'photos');
  mkdirSync(photos);
  for (let i = 0; i < 16; i++)
    await sharp({ create: { width: 24, height: 24, channels: 3, background: `hsl(${i * 20},50%,50%)` } })
      .png()
      .toFile(join(photos, `${i}.png`));
  const config = join(directory, 'tiny.json');
  const head = { hiddenDim: 16, outputDim: 16, layers: 2 };
  const tiny = { backbone: { width: 0.125, stem: 'cifar' }, head, predictor: { hiddenDim: 8 } };
  const rest = { imageSize: 16, batchSize: 8, augment: { blur: 0 }, threads: 1, device: 'cpu' };
  writeFileSync(config, JSON.stringify({ ...tiny, ...rest }));
  const train = (epochs: number) =>
    startCommand(['train', photos, '--config', config, '--set', `epochs=${epochs}`, '--json'], home());
  const first = train(20);
  await first.event('start');
  const second = train(2);
  const ended = await first.ended;
  expect([ended.code, ended.err.match(/lookalike:.*/)]).toEqual([0, null]);
  const last = await second.ended;
  expect([last.code, last.events.at(-1)]).toMatchObject([0, { event: 'done', epochs: 2 }]);
  await expect.poll(() => isHeld(home()), { timeout: 20_000 }).toBe(false);
}, 180_000);
