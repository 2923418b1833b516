/** What a run would be before it is one: its plan, what it refuses, its weights and preset; and what it is called. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { app, datasetId, directory, useApp } from './appHarness.ts';
import { create, patch, until, writeWeights } from './runHarness.ts';

useApp({ of: 'file', compute: { silenceSeconds: 5 } });

test('what cannot start is refused before there is a run, with the setting to change', async () => {
  const tooLarge = { ...patch(0), batchSize: 64 };
  await expect(create(0, { patch: tooLarge })).rejects.toMatchObject({
    code: 'cannot-start',
    details: { setting: 'batchSize' },
  });
  await expect(create(0, { patch: { nothing: 1 } })).rejects.toMatchObject({ code: 'bad-config' });
  await expect(create(0, { patch: { ...patch(0), backbone: { init: '/nowhere.safetensors' } } })).rejects.toMatchObject(
    { code: 'cannot-start', details: { setting: 'backbone.init' } },
  );
  const plan = await app.handle('runs.plan', { datasetId, preset: null, patch: tooLarge });
  expect(plan.refusals[0]!.setting).toBe('batchSize');
  // by itself a preset takes a batch that fits, and says so
  const { config, notes, refusals } = await app.handle('runs.plan', { datasetId, preset: 'quick', patch: {} });
  expect(refusals).toEqual([]);
  expect(notes.find(({ key }) => key === 'smallerBatch')?.values).toMatchObject({
    batchSize: config.batchSize,
    usual: 128,
  });
  mkdirSync(join(directory, 'empty'));
  const empty = await app.handle('library.add', { folder: join(directory, 'empty') });
  await expect(create(0, { datasetId: empty.id })).rejects.toMatchObject({
    key: 'no-images.few-in',
    values: { images: 0, folder: join(directory, 'empty') },
  });
  expect(await app.handle('runs.list', null)).toEqual([]);
});

test('a run begins with rendered weights where there are any for its network, and says so where there are none', async () => {
  const rendered = { init: 'rendered', width: 0.25, stem: 'small' };
  const plan = (backbone: object) =>
    app.handle('runs.plan', { datasetId, preset: null, patch: { ...patch(0), backbone } });
  const fits = await plan(rendered);
  expect([fits.config.backbone.init, fits.refusals, fits.notes.map(({ key }) => key)]).toMatchObject([
    'rendered',
    [],
    expect.not.arrayContaining(['noRendered']),
  ]);
  const other = await plan({ ...rendered, width: 0.375 });
  expect(other.config.backbone.init).toBe('random');
  expect(other.refusals).toEqual([]);
  expect(other.notes.find(({ key }) => key === 'noRendered')).toMatchObject({
    values: { network: 'resnet18', width: 0.375, stem: 'small' },
    message: expect.stringContaining('starts from random weights') as string,
  });
  const { id } = await create(0, { patch: { ...patch(0), backbone: { ...rendered, width: 0.375 } } });
  expect((await app.handle('runs.get', { runId: id })).config.backbone.init).toBe('random');
  await until(id, 'finished');
});

test('given weights bring their network along, and where another was chosen the plan says how to set theirs', async () => {
  const file = join(directory, 'known.safetensors');
  const network = { name: 'resnet18', width: 0.125, stem: 'cifar', init: file } as const;
  writeWeights(file, 'module.encoder_q.');
  const plan = (preset: 'quick' | null, more: object = {}) =>
    app.handle('runs.plan', {
      datasetId,
      preset,
      patch: { epochs: 1, batchSize: 8, backbone: { init: file, ...more } },
    });
  const taken = await plan('quick');
  expect([taken.config.backbone, taken.refusals]).toEqual([{ ...network, stem: 'small', origin: '', licence: '' }, []]);
  expect(taken.notes.find(({ key }) => key === 'givenNetwork')?.message).toContain('resnet18 at width 0.125');
  const other = await plan('quick', { width: 0.25, stem: 'imagenet' });
  expect(other.refusals.map(({ setting, suggestion }) => [setting, suggestion])).toEqual([
    ['backbone.width', 0.125],
    ['backbone.stem', 'cifar'],
  ]);
  expect(other.refusals[0]!.message).toContain('set backbone.name to resnet18, backbone.width to 0.125');
  const fixed = await plan('quick', { width: 0.125, stem: 'cifar' });
  expect([fixed.refusals, fixed.notes.some(({ key }) => key === 'givenNetwork')]).toEqual([[], false]);

  // A name that its publisher gives is believed where the content is not known to be another.
  const named = (name: string) => {
    copyFileSync(file, join(directory, name));
    return join(directory, name);
  };
  const forged = await plan('quick', { init: named('resnet18-f37072fd.pth') });
  expect([forged.config.backbone.licence, forged.notes.map(({ key }) => key)]).toEqual([
    '',
    expect.arrayContaining(['otherSum']),
  ]);
  const init = named('moco_v2_800ep_pretrain.pth.tar');
  const moco = expect.stringContaining('CC-BY-NC-4.0') as string;
  expect((await plan('quick', { init })).config.backbone.licence).toEqual(moco);
  expect((await plan('quick', { init, licence: 'mine' })).config.backbone).toMatchObject({
    licence: 'mine',
    origin: '',
  });
  // What was trained from it is still of it.
  const { id } = await create(0, { patch: { ...patch(0), backbone: { width: 0.125, stem: 'cifar', init } } });
  await until(id, 'finished');
  expect((await plan('quick', { init: `run:${id}` })).config.backbone).toMatchObject({ licence: moco });
});

test('presets resolve to a configuration, under what the person sets', async () => {
  for (const preset of ['quick', 'balanced', 'thorough', 'cifar', 'imagenet'] as const) {
    const plan = await app.handle('runs.plan', { datasetId, preset, patch: { backbone: { width: 0.5 }, epochs: 7 } });
    expect(plan.config).toMatchObject({ epochs: 7, minutes: null, backbone: { width: 0.5 } });
  }
  const part = await app.handle('runs.plan', { datasetId, preset: 'cifar', patch: { photos: 8 } });
  expect(part.config.batchSize).toBe(8);
});

test('names, notes and colours; runs differ in colour', async () => {
  const first = await create(0);
  const second = await create(0);
  expect(first.color).not.toBe(second.color);
  expect(
    await app.handle('runs.update', { runId: first.id, name: 'best', notes: 'n', color: '#123456' }),
  ).toMatchObject({ name: 'best', notes: 'n', color: '#123456' });
  await until(second.id, 'finished');
});
