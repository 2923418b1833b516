/**
 * Frozen encoders: ONNX files of others as PyTorch exports them (test/golden/frozen.py) embed as PyTorch does, are asked,
 * evaluated and exported as a run is, and outlive their database. What is read from such a file is frozenFiles.test.ts.
 */
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { outcomeOf } from '../../shared/frozen.ts';
import type { FrozenPatch } from '../../shared/frozen.ts';
import type { ExportFormat, Task } from '../../shared/contract.ts';
import { createApp, repairHome } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { withMetadata } from '../../src-main/engine/index.ts';
import { elementType } from '../../src-main/engine/onnx/schema.ts';
import { readNpy } from '../../src-main/export/index.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { metadataOf } from '../helpers/onnxMetadata.ts';
import { listedFolder, taskResult } from '../helpers/tasks.ts';
import { constant, features, fixtures, look, means, node, weightElsewhere, written } from '../helpers/frozenFiles.ts';

const golden = JSON.parse(readFileSync(join(fixtures, 'golden.json'), 'utf8')) as Record<
  'vit' | 'resnet' | 'resnetBicubic' | 'resnetSquashed',
  Record<string, number[][]>
>;

const root = sharedFolder('frozen');
let photos: string;
let app: App;
let datasetId: string;

async function open(): Promise<void> {
  app = await createApp({ home: join(root, 'home'), host: { kind: 'cli', version: 'test' }, checkResults: true });
}
beforeAll(async () => {
  photos = join(root, 'photos');
  for (const label of ['a', 'b']) mkdirSync(join(photos, label), { recursive: true });
  for (let i = 0; i < 4; i++) copyFileSync(join(fixtures, `${i}.png`), join(photos, i % 2 ? 'a' : 'b', `${i}.png`));
  await open();
  datasetId = await listedFolder(app, photos);
}, 60_000);
afterAll(() => app.close());

const ended = (task: Task) => taskResult(app, task);
const use = async (file: string, form: FrozenPatch = {}, more: object = {}) =>
  ended(await app.handle('frozen.use', { file: join(fixtures, file), datasetId, form, ...more }));
const embed = async (runId: string) =>
  ended(await app.handle('explore.embed', { runId, checkpointId: null, datasetId: null }));

/** Vectors of the pictures in their order. */
async function vectorsOf(runId: string): Promise<number[][]> {
  const set = await embed(runId);
  const folder = join(root, 'home', 'runs', runId, 'embeddings');
  const { data, shape } = await readNpy(join(folder, `${set}.npy`));
  const ids = (JSON.parse(readFileSync(join(folder, `${set}.json`), 'utf8')) as { content: string[] }).content;
  const d = shape[1]!;
  const rows = await Promise.all(
    ids.map(async (imageId, i) => {
      const { file } = await app.handle('library.image', { imageId });
      return { file: basename(file), row: [...(data as Float32Array).subarray(i * d, (i + 1) * d)] };
    }),
  );
  return rows.sort((x, y) => (x.file < y.file ? -1 : 1)).map(({ row }) => row);
}
const difference = (a: number[][], b: number[][]) =>
  Math.max(...a.flat().map((value, i) => Math.abs(value - b.flat()[i]!)));

describe('what PyTorch exports', () => {
  it.each([
    ['vit.onnx', {}, golden.vit['class']!],
    ['vit.onnx', { pool: 'patches' }, golden.vit['patches']!],
    ['vit.onnx', { pool: 'mean' }, golden.vit['mean']!],
    ['resnet.onnx', {}, golden.resnet['mean']!],
    ['resnet.onnx', { pool: 'flatten' }, golden.resnet['flatten']!],
    ['resnet.onnx', { fit: 'squash' }, golden.resnetSquashed['mean']!],
    [
      'resnet.onnx',
      { shortSide: 40, interpolation: 'bicubic', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
      golden.resnetBicubic['mean']!,
    ],
  ] as const)('embeds as PyTorch does: %s %o', async (file, form, expected) => {
    const found = await vectorsOf(await use(file, form as FrozenPatch));
    expect(found.map((row) => row.length)).toEqual(expected.map((row) => row.length));
    expect(difference(found, expected as number[][])).toBeLessThan(1e-4);
  });
});

test('reads from the file what it takes, and says what is guessed', async () => {
  const vit = await look(join(fixtures, 'vit.onnx'));
  expect(vit.encoder).toMatchObject({
    dimensions: 16,
    batch: 1,
    opset: 14,
    input: 'float32',
    producer: 'pytorch 1.13.0',
  });
  expect(vit.encoder.form).toMatchObject({ imageSize: 32, shortSide: 32, pool: 'class', output: 'last_hidden_state' });
  expect(vit.sources).toMatchObject({ imageSize: 'graph', output: 'graph', mean: 'guessed', pool: 'guessed' });
  expect(vit.outputs).toEqual([{ name: 'last_hidden_state', shape: '[1, 17, 16]' }]);
  const { encoder, check } = await app.handle('frozen.look', { file: join(fixtures, 'resnet.onnx') });
  expect(encoder).toMatchObject({ dimensions: 24, batch: null });
  expect(check).toMatchObject({ pictures: 8, distinct: true });
  expect(outcomeOf(check)).toBe('well');
  expect(check.same).toBeGreaterThan(check.different);
});

test('feeds bytes, channels behind, and what is normalised inside, each as the file wants it', async () => {
  const cast = node('Cast', ['x'], 'float', { to: elementType.float });
  const turned = (from: string) => node('Transpose', [from], 'turned', { perm: [0, 3, 1, 2] });
  const bytes = { name: 'x', shape: ['n', 16, 16, 3], type: elementType.uint8 };
  const ofBytes = written(join(root, 'bytes.onnx'), [bytes], features, [cast, turned('float'), ...means('turned')]);
  const normalising = [node('Sub', ['x', 'mean'], 'less'), turned('less'), ...means('turned')];
  const floats = { name: 'x', shape: ['n', 16, 16, 3] };
  const inside = written(join(root, 'inside.onnx'), [floats], features, normalising, [
    constant('mean', [123.7, 116.3, 103.5]),
  ]);
  const open = { name: 'x', shape: ['n', 3, 'h', 'w'] };
  const plain = written(join(root, 'plain.onnx'), [open], features, means('x'));
  const byte = await look(ofBytes);
  expect(byte.encoder).toMatchObject({ input: 'uint8', form: { layout: 'nhwc', imageSize: 16, pool: 'none' } });
  const normal = await look(inside);
  expect(normal.sources).toMatchObject({ mean: 'graph', std: 'graph', pool: 'graph' });
  expect(normal.encoder.form.std[0]).toBeCloseTo(1 / 255);
  expect((await look(plain)).sources.imageSize).toBe('guessed');

  const run = async (file: string, form: FrozenPatch) =>
    vectorsOf(await ended(await app.handle('frozen.use', { file, datasetId, form })));
  const [levels, less, blue] = [
    await run(ofBytes, {}),
    await run(inside, {}),
    await run(plain, { imageSize: 16, mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255], order: 'bgr' }),
  ];
  expect(levels[0]![0]).toBeGreaterThan(20);
  expect(
    difference(
      less,
      levels.map((row) => row.map((x, c) => x - [123.7, 116.3, 103.5][c]!)),
    ),
  ).toBeLessThan(1e-3);
  expect(
    difference(
      blue,
      levels.map((row) => row.toReversed()),
    ),
  ).toBeLessThan(1e-3);
});

test('takes along the weights that lie in a file beside it', async () => {
  const picture = { name: 'x', shape: ['n', 3, 16, 16] };
  const [pool, flat] = means('x');
  const nodes = [pool!, { ...flat!, outputs: ['means'] }, node('Mul', ['means', 'w'], 'features')];
  const file = written(join(root, 'apart.onnx'), [picture], features, nodes);
  writeFileSync(file, Buffer.concat([readFileSync(file), weightElsewhere('w', 'apart.data', 4, 12)]));
  await expect(look(file)).rejects.toThrow(/keeps its weights in apart\.data, which cannot be read beside it/);
  const data = join(root, 'apart.data');
  writeFileSync(data, Buffer.from(new Float32Array([9, 2, 3]).buffer));
  await expect(look(file)).rejects.toThrow(/apart\.data is shorter than apart\.onnx says/);
  writeFileSync(data, Buffer.from(new Float32Array([9, 2, 3, 4]).buffer));
  const weighed = await vectorsOf(await ended(await app.handle('frozen.use', { file, datasetId, form: {} })));
  rmSync(data); // it was copied
  const plain = written(join(root, 'together.onnx'), [picture], features, means('x'));
  const unweighed = await vectorsOf(await ended(await app.handle('frozen.use', { file: plain, datasetId, form: {} })));
  const expected = unweighed.map((row) => row.map((x, c) => x * [2, 3, 4][c]!));
  expect(difference(weighed, expected)).toBeLessThan(1e-5);
});

test('is refused where it cannot be used, and leaves nothing behind', async () => {
  const before = readdirSync(join(root, 'home', 'runs'));
  await expect(use('0.png')).rejects.toMatchObject({ code: 'bad-encoder' });
  expect(readdirSync(join(root, 'home', 'runs'))).toEqual(before);
  expect(await app.handle('runs.list', null)).toHaveLength(before.length);
});

test('teaches a run: the plan says what that takes and whose it is, or why it cannot be', async () => {
  const from = join(root, 'signed.onnx');
  writeFileSync(
    from,
    withMetadata(readFileSync(join(fixtures, 'resnet.onnx')), { license: 'CC BY 4.0', author: 'a colleague' }),
  );
  const plan = (teacher: Record<string, unknown>) =>
    app.handle('runs.plan', { datasetId, preset: 'quick', patch: { batchSize: 4, teacher } });
  const { config, notes, refusals, estimate } = await plan({ from });
  expect(refusals.filter(({ setting }) => setting.startsWith('teacher'))).toEqual([]);
  expect(config.teacher).toEqual({
    from,
    weight: expect.any(Number) as number,
    licence: 'CC BY 4.0',
    origin: 'a colleague',
  });
  expect(notes.find(({ key }) => key === 'teacher')).toMatchObject({ values: { name: 'signed.onnx', images: 4 } });
  const without = await plan({});
  expect(estimate.diskBytes - without.estimate.diskBytes).toBeGreaterThanOrEqual(4 * 256 * 4);
  const run = await use('vit.onnx', {}, { licence: 'MIT', origin: 'the attic' });
  expect((await plan({ from: `run:${run}` })).config.teacher).toMatchObject({ licence: 'MIT', origin: 'the attic' });

  const refused = async (given: string) => {
    const { refusals: all } = await plan({ from: given });
    return all.find(({ setting }) => setting === 'teacher.from');
  };
  expect(await refused(join(root, 'nowhere.onnx'))).toMatchObject({
    key: 'cannot-start.no-teacher-file',
    suggestion: '',
  });
  expect(await refused('run:nobody')).toMatchObject({ key: 'cannot-start.no-teacher' });
  expect((await refused(join(photos, 'b', '0.png')))?.message).toContain('0.png is no file of weights');
  const of = { datasetId, preset: null, patch: { epochs: 1, batchSize: 4, teacher: { from } }, name: null };
  const written = await app.handle('cluster.write', { of, target: join(root, 'elsewhere') });
  await expect(ended(written)).rejects.toMatchObject({
    message: expect.stringContaining('leave teacher.from empty') as string,
  });
});

test('is asked, evaluated and exported as a run is, trains nothing, and outlives the history', async () => {
  const before = readdirSync(photos, { recursive: true });
  const more = { name: 'of others', licence: 'CC BY 4.0', origin: 'a colleague' };
  const runId = await use('resnet.onnx', {}, more);
  const run = await app.handle('runs.get', { runId });
  expect(run).toMatchObject({
    state: 'finished',
    method: 'frozen',
    epoch: 0,
    encoder: { file: 'resnet.onnx', licence: 'CC BY 4.0' },
  });
  const name = { code: 'wrong-state', message: expect.stringContaining('of others is a frozen encoder') as string };
  await expect(app.handle('runs.extend', { runId, epochs: 2 })).rejects.toMatchObject(name);
  await expect(app.handle('runs.resume', { runId })).rejects.toMatchObject(name);
  await expect(
    app.handle('cluster.write', { of: { runId, epochs: 2 }, target: join(root, 'job') }),
  ).rejects.toMatchObject(name);
  const { refusals } = await app.handle('runs.plan', {
    ...{ datasetId, preset: 'quick', patch: { backbone: { init: `run:${runId}` } } },
  });
  expect(refusals).toContainEqual(expect.objectContaining({ key: 'cannot-start.frozen' }));

  const set = await embed(runId);
  const image = readFileSync(join(photos, 'a', '1.png')).toString('base64');
  const { neighbours } = await app.handle('explore.query', { embeddingSetId: set, image, k: 2 });
  expect(neighbours[0]!.similarity).toBeCloseTo(1, 5);
  expect((await app.handle('library.image', { imageId: neighbours[0]!.imageId })).file).toBe('a/1.png');
  const evaluation = await ended(await app.handle('evaluate.start', { runId, checkpointId: null, kind: 'knn', k: 1 }));
  expect((await app.handle('evaluate.list', { runId })).map(({ id }) => id)).toEqual([evaluation]);

  const formats: ExportFormat[] = ['onnx', 'safetensors', 'npy'];
  const folder = join(root, 'given');
  const made = await app.handle('exports.get', {
    exportId: await ended(await app.handle('exports.start', { runId, checkpointId: null, formats, folder })),
  });
  expect(made.files.map(({ file }) => file)).toEqual(['encoder.onnx', 'README.md', 'embeddings.npy', 'images.csv']);
  expect(made.verified[0]).toMatchObject({ file: 'encoder.onnx', reader: 'onnxruntime' });
  expect(made.failures).toMatchObject([{ format: 'safetensors', error: { code: 'unsupported' } }]);
  const card = readFileSync(join(folder, 'README.md'), 'utf8');
  expect(card).toContain('| Licence | CC BY 4.0 |');
  expect(card).toContain('| Origin | a colleague |');
  expect(card).toContain('photo.info.get("icc_profile")'); // as photos are opened here
  expect(metadataOf(readFileSync(join(folder, 'encoder.onnx'))).get('license')).toBe('CC BY 4.0');
  const again = await look(join(folder, 'encoder.onnx'));
  expect(again.encoder).toMatchObject({ form: run.encoder!.form, licence: 'CC BY 4.0', origin: 'a colleague' });
  expect(again.sources).toMatchObject({ mean: 'metadata', pool: 'metadata' });
  const vectors = await ended(
    await app.handle('exports.start', { runId, checkpointId: null, formats: ['csv'], folder: join(root, 'vectors') }),
  );
  const { files } = await app.handle('exports.get', { exportId: vectors });
  expect(files.map(({ file }) => file)).toEqual(['embeddings.csv', 'README.md']);
  expect(readFileSync(join(root, 'vectors', 'README.md'), 'utf8')).toContain('| Licence | CC BY 4.0 |');
  expect(readdirSync(photos, { recursive: true })).toEqual(before);

  // the database and what the folder of the run keeps of it are lost: the checkpoint says what it is
  await app.close();
  const home = join(root, 'home');
  for (const file of readdirSync(home).filter((each) => /lookalike\.db|backup/.test(each)))
    rmSync(join(home, file), { recursive: true });
  for (const file of ['run.json', 'figures.json', 'evaluations.json'])
    rmSync(join(home, 'runs', runId, file), { force: true });
  await repairHome(home);
  await open();
  expect((await app.handle('runs.get', { runId })).encoder).toEqual(run.encoder);
});
