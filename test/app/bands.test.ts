/**
 * Runs on measured values, by the real compute process: on many bands it learns what only those beyond the first three
 * show; a microscope's 12 bits with hot pixels make pictures, a query finds its own file, and the exported encoder, fed
 * as its metadata says, gives the trainer's vectors.
 */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConfigPatch } from '../../shared/config.ts';
import type { JobImage } from '../../shared/contract/job.ts';
import { readNpy } from '../../src-main/export/index.ts';
import { decodeBytes, formatRanges, rangesOf } from '../../src-main/images/index.ts';
import { measureFile } from '../../src-main/images/decode/measure.ts';
import { DEFAULT_LIMITS } from '../../src-main/images/decode/types.ts';
import { defaultRule } from '../../src-main/images/rule.ts';
import { metadataOf } from '../helpers/onnxMetadata.ts';
import { BANDS, bandScene, bandValues, CLASSES } from '../helpers/bands.ts';
import { preprocess } from '../helpers/preprocess.ts';
import type { Described } from '../helpers/preprocess.ts';
import { encode, SIDE, tiff, values } from '../helpers/rasters.ts';
import { makeWorkplace, newestCheckpoint, startHere, trainJob } from './trainerHarness.ts';
import type { Workplace } from './trainerHarness.ts';

let place: Workplace;
beforeAll(async () => (place = await makeWorkplace(0)));
afterAll(() => place.remove());

function write(folder: string, count: number, of: (i: number) => Buffer): JobImage[] {
  mkdirSync(join(place.root, folder), { recursive: true });
  return Array.from({ length: count }, (_, i) => {
    const path = join(place.root, folder, `${i}.tif`);
    writeFileSync(path, of(i));
    const { size, mtimeMs } = statSync(path);
    const label = `${i % CLASSES}`;
    return { id: `${folder}-${i}`, path, file: `${i}.tif`, bytes: size, modified: mtimeMs, label, heldOut: false };
  });
}

async function finished(name: string, images: JobImage[], patch: ConfigPatch) {
  const trainer = startHere(trainJob(place, name, patch, { images }));
  expect(await trainer.ended).toMatchObject({ type: 'done' });
  await trainer.exited;
  const rows = trainer.reports.flatMap((report) => (report.type === 'epoch' ? [report.metrics] : []));
  const job = trainJob(place, name, patch, { images });
  return { knn: rows.at(-1)!.knn!, config: job.config, checkpoint: (await newestCheckpoint(job.directory))! };
}
type Run = Awaited<ReturnType<typeof finished>>;

/** The trainer's vectors of a folder, of one of its files asked for by its bytes, and the exported encoder. */
async function uses({ config, checkpoint }: Run, images: JobImage[], asked: number) {
  const source = { checkpoint, config };
  const workplace = { cacheDirectory: place.cacheDirectory, cacheBytes: place.cacheBytes };
  const output = join(place.root, 'vectors.npy');
  expect(await startHere({ kind: 'embed', ...source, ...workplace, images, output }).ended).toMatchObject({
    type: 'done',
  });
  const { shape, data } = await readNpy(output);
  const vectors = Array.from({ length: shape[0]! }, (_, i) =>
    (data as Float32Array).slice(i * shape[1]!, (i + 1) * shape[1]!),
  );

  const queries = startHere({ kind: 'queries', ...source });
  await queries.until((report) => report.type === 'progress');
  queries.send({ type: 'query', id: 1, image: readFileSync(images[asked]!.path) });
  const answer = await queries.until((report) => report.type === 'queryResult');
  queries.send({ type: 'stop', now: false });
  await queries.ended;
  const query = answer.type === 'queryResult' ? answer.vector! : new Float32Array();

  const directory = join(place.root, 'export');
  mkdirSync(directory, { recursive: true });
  const exported = await startHere({
    kind: 'export',
    ...source,
    ...workplace,
    formats: ['onnx', 'safetensors'],
    directory,
    images: images.slice(0, 4),
    embedded: null,
    card: {},
  }).ended;
  expect(exported).toMatchObject({ type: 'done' });
  return { vectors, query, directory };
}

const cosine = (a: Float32Array, b: Float32Array) => {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};
const nearest = (query: Float32Array, vectors: Float32Array[]) =>
  vectors.map((vector, i) => [cosine(query, vector), i] as const).sort(([a], [b]) => b - a)[0]![1];

/** Feeds the exported encoder by its own metadata. */
async function byMetadata(directory: string, planes: number[][], width: number, height: number): Promise<Float32Array> {
  const path = join(directory, 'encoder.onnx');
  const of = JSON.parse(metadataOf(readFileSync(path)).get('preprocessing')!) as Described;
  const session = await InferenceSession.create(path);
  const size = of.image_size;
  const pixels = new Tensor('float32', preprocess(planes, width, height, of), [1, of.mean.length, size, size]);
  const { embedding } = await session.run({ pixel_values: pixels });
  await session.release();
  return embedding!.data as Float32Array;
}

const furthest = (a: Float32Array, b: Float32Array) => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

describe('five bands', () => {
  const ranges = 'uint16x3 0..4000; uint16x5b 0..4000, 0..4000, 0..4000, 100..900, 100..900';
  const learns: ConfigPatch = {
    method: 'simclr',
    backbone: { width: 0.125, stem: 'small' },
    imageSize: 32,
    batchSize: 32,
    epochs: 24,
    optimizer: { baseLearningRate: 0.3 },
    augment: { cropScaleMin: 0.5 },
    probe: { k: 10, everyEpochs: 24 },
  };

  it('show to all of them, at least 40 points better than to the picture, what bands 4 and 5 alone hold', async () => {
    const images = write('five', 128, (i) => bandScene(i, i % CLASSES));
    const picture = await finished('picture', images, { ...learns, input: { ranges } });
    const bands = await finished('bands', images, { ...learns, input: { ranges, channels: BANDS, depth: 16 } });
    expect(bands.knn - picture.knn).toBeGreaterThan(0.4);

    const { vectors, query, directory } = await uses(bands, images, 17);
    expect(nearest(query, vectors)).toBe(17);
    expect(furthest(query, vectors[17]!)).toBeLessThan(1e-4);
    const measured = bandValues(17, 17 % CLASSES).map(Math.round);
    const planes = Array.from({ length: BANDS }, (_, b) => measured.slice(b * 1600, (b + 1) * 1600));
    expect(furthest(await byMetadata(directory, planes, 40, 40), vectors[17]!)).toBeLessThan(1e-3);
    const timm = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8')) as {
      pretrained_cfg: { input_size: number[] };
      lookalike: { image_channels: number };
    };
    expect([timm.pretrained_cfg.input_size, timm.lookalike.image_channels]).toEqual([[BANDS, 32, 32], BANDS]);
  });
});

describe("a microscope's 12 bits with two hot pixels", () => {
  it('train on pictures to be seen, find their own file, and are prepared as the metadata says', async () => {
    // dim, bright, shifted: no two alike
    const of = (i: number) => {
      const numbers = values(100 + 3 * i, 900 + 20 * i).map((value, at) => value + 30 * Math.sin(at / (2 + i)));
      [numbers[7], numbers[SIDE * SIDE - 5]] = [4095 * 16, 4095 * 15];
      return numbers.map((value) => Math.max(0, Math.round(value)));
    };
    const images = write('cells', 16, (i) => tiff({ type: 'u16', pixels: encode(of(i), 'u16') }));
    const files = await Promise.all(
      images.map(({ path }) => measureFile(path, readFileSync(path), DEFAULT_LIMITS, defaultRule)),
    );
    const ranges = formatRanges(rangesOf(files as NonNullable<(typeof files)[number]>[], 0.2));
    const { data } = await decodeBytes('cell', readFileSync(images[8]!.path), {}, { ...defaultRule, ranges });
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    expect(Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length)).toBeGreaterThan(25);

    const run = await finished('cells', images, { epochs: 1, imageSize: 32, input: { ranges } });
    const { vectors, query, directory } = await uses(run, images, 5);
    expect(nearest(query, vectors)).toBe(5);
    expect(furthest(await byMetadata(directory, [of(5)], SIDE, SIDE), vectors[5]!)).toBeLessThan(1e-3);
  });
});
