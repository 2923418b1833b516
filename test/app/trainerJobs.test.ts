/** The other jobs of the compute process, on the checkpoint of a short run: embed, queries, export, estimate. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbedJob, Job } from '../../shared/contract/job.ts';
import { IdList } from '../../shared/idList.ts';
import { readNpy, writeNpy } from '../../src-main/export/index.ts';
import { cacheBytes } from '../../src-main/images/index.ts';
import { readCheckpoint, writeCheckpoint } from '../../src-main/trainer/checkpoint.ts';
import { finish, makeWorkplace, newestCheckpoint, startHere, trainJob } from './trainerHarness.ts';
import type { Workplace } from './trainerHarness.ts';

let place: Workplace;
export let source: Pick<EmbedJob, 'checkpoint' | 'config'>;
let workplace: { cacheDirectory: string; cacheBytes: number };
beforeAll(async () => {
  place = await makeWorkplace(64); // enough for a readout
  const job = trainJob(place, 'run', { epochs: 1 });
  await startHere(job).ended;
  source = { checkpoint: (await newestCheckpoint(job.directory))!, config: job.config };
  workplace = { cacheDirectory: place.cacheDirectory, cacheBytes: place.cacheBytes };
}, 60_000);
afterAll(() => place.remove());

const broken = async () => {
  const path = join(place.root, 'broken.jpg');
  await writeFile(path, 'no photo');
  return { id: 'broken', path, file: 'broken.jpg', bytes: 8, modified: 0, label: null, heldOut: false };
};

describe('embedding', () => {
  it('writes a row for each photo that can be read and lists the others', async () => {
    const output = join(place.root, 'all.npy');
    const images = [...place.images.slice(0, 10), await broken(), ...place.images.slice(10)];
    const result = await finish({ kind: 'embed', ...source, ...workplace, images, output });
    expect(result.dimensions).toBe(64);
    expect([...IdList.read(result.images)]).toEqual(place.images.map(({ id }) => id));
    expect(result.skipped.map(({ file }) => file)).toEqual(['broken.jpg']);
    const { shape, data } = await readNpy(output);
    expect(shape).toEqual([place.images.length, 64]);
    expect((data as Float32Array).every(Number.isFinite)).toBe(true);
  }, 30_000);

  it('reads and embeds part by part what the disk does not hold, to the same rows', async () => {
    const output = join(place.root, 'parts.npy');
    const images = [await broken(), ...place.images];
    // room for a few dozen of the pictures that are embedded, and for next to none that are trained on
    const little = { cacheDirectory: join(place.root, 'little'), cacheBytes: 20_000 };
    const result = await finish({ kind: 'embed', ...source, ...little, images, output });
    expect([...IdList.read(result.images)]).toEqual(place.images.map(({ id }) => id));
    expect(result.skipped).toHaveLength(1);
    expect(await readNpy(output)).toEqual(await readNpy(join(place.root, 'all.npy')));
    expect(cacheBytes(little.cacheDirectory)).toBeLessThanOrEqual(little.cacheBytes + 10_000); // the index is beside it
    const left = await readdir(place.root);
    expect(left.filter((name) => name.includes('parts.npy'))).toEqual(['parts.npy']);
  }, 60_000);

  it('fails when there is nothing to embed', async () => {
    const end = await startHere({
      kind: 'embed',
      ...source,
      ...workplace,
      images: [await broken()],
      output: join(place.root, 'none.npy'),
    }).ended;
    expect(end).toMatchObject({ type: 'failed', error: { code: 'no-images' } });
  }, 30_000);
});

describe('queries', () => {
  it('answer with the embedding that the photo has in its folder, and say why where they cannot', async () => {
    const { data } = await readNpy(join(place.root, 'all.npy'));
    const trainer = startHere({ kind: 'queries', ...source });
    const ask = (id: number, image: Uint8Array) => {
      trainer.send({ type: 'query', id, image });
      return trainer.until((r) => r.type === 'queryResult' && r.id === id);
    };
    await trainer.until((r) => r.type === 'progress');
    const answer = await ask(1, await readFile(place.images[3]!.path));
    const vector = answer.type === 'queryResult' ? answer.vector! : new Float32Array();
    expect(vector).toHaveLength(64);
    for (let j = 0; j < 64; j++) expect(vector[j]!).toBeCloseTo((data as Float32Array)[3 * 64 + j]!, 4);
    expect(await ask(2, new TextEncoder().encode('no photo'))).toMatchObject({
      vector: null,
      error: { name: 'ImageError' },
    });
    trainer.send({ type: 'stop', now: false });
    expect(await trainer.ended).toEqual({ type: 'done', result: { kind: 'queries' } });
  }, 30_000);
});

describe('export', () => {
  it('writes every format and has read each back', async () => {
    const directory = join(place.root, 'export');
    await mkdir(directory);
    const formats: ('onnx' | 'safetensors' | 'npy' | 'csv')[] = ['onnx', 'safetensors', 'npy', 'csv'];
    const output = join(place.root, 'exported.npy');
    const made = await finish({ kind: 'embed', ...source, ...workplace, images: place.images, output });
    const images = [...IdList.read(made.images)];
    const { files, verified } = await finish({
      kind: 'export',
      ...source,
      ...workplace,
      formats,
      directory,
      images: place.images,
      embedded: { vectors: output, images },
      card: { run: 'test' },
    });
    expect(new Set(files.map(({ format }) => format))).toEqual(new Set([...formats, 'card']));
    for (const { file } of files) expect((await readFile(join(directory, file))).length).toBeGreaterThan(0);
    expect(verified.length).toBeGreaterThanOrEqual(4);
    expect(verified.map(({ file }) => file)).toContain('readout.safetensors');
    for (const { difference } of verified) expect(difference).toBeLessThan(1e-4);

    const some = { formats: ['npy' as const], directory: join(place.root, 'some'), only: [images[5]!, images[2]!] };
    await mkdir(some.directory);
    const job = { kind: 'export' as const, ...source, ...workplace, images: place.images, card: {}, ...some };
    await finish({ ...job, embedded: { vectors: output, images } });
    const [all, few] = await Promise.all([output, join(some.directory, 'embeddings.npy')].map((file) => readNpy(file)));
    expect(few!.shape).toEqual([2, all!.shape[1]]);
    const row = (of: { data: ArrayLike<unknown>; shape: readonly number[] }, at: number) =>
      Array.from(of.data).slice(at * of.shape[1]!, (at + 1) * of.shape[1]!);
    expect([row(few!, 0), row(few!, 1)]).toEqual([row(all!, 2), row(all!, 5)]);
    expect(await readFile(join(some.directory, 'images.csv'), 'utf8')).toMatch(
      new RegExp(`^row,.*\\r\\n0,${images[2]},.*\\r\\n1,${images[5]},.*\\r\\n$`),
    );
  }, 60_000);

  it('checks the encoder without photos where the folder is away', async () => {
    const { verified } = await finish({
      kind: 'export',
      ...source,
      ...workplace,
      formats: ['onnx'],
      directory: join(place.root, 'away'),
      images: [],
      embedded: null,
      card: {},
    });
    expect(verified[0]!.difference).toBeLessThan(1e-4);
  }, 30_000);
});

describe('estimate', () => {
  it('measures real steps', async () => {
    const { estimate } = await finish({
      kind: 'estimate',
      config: source.config,
      images: 40,
      measure: true,
      ...workplace,
      directory: join(place.root, 'runs'),
    });
    expect(estimate).toMatchObject({ basis: 'measured', epochs: 1, stepsPerEpoch: 5 });
    expect(estimate.seconds).toBeGreaterThan(0);
    expect(estimate.memoryBytes).toBeGreaterThan(1e6);
  }, 30_000);
});

describe('a network with NaN in it', () => {
  /** The checkpoint with one number of `name` replaced. */
  const spoiled = async (name: string): Promise<typeof source> => {
    const { state, facts } = await readCheckpoint(source.checkpoint);
    state.get(name)!.data[1] = NaN;
    await mkdir(join(place.root, 'spoiled'), { recursive: true });
    return { ...source, checkpoint: await writeCheckpoint(join(place.root, 'spoiled'), state, facts) };
  };
  const failed = async (job: Job) => {
    const end = await startHere(job).ended;
    return end?.type === 'failed' ? end.error : end;
  };

  it('gives no embeddings, no export and no answers: the parameter is named', async () => {
    const bad = await spoiled('backbone.layer2.0.conv1.weight');
    const images = place.images.slice(0, 4);
    const says = { code: 'not-finite', message: expect.stringContaining('backbone.layer2.0.conv1.weight') as string };
    const output = join(place.root, 'nan.npy');
    expect(await failed({ kind: 'embed', ...bad, ...workplace, images, output })).toMatchObject(says);
    const directory = join(place.root, 'nan');
    const job = { kind: 'export', ...bad, ...workplace, images, embedded: null, directory, card: {} } as const;
    expect(await failed({ ...job, formats: ['onnx'] })).toMatchObject(says);
    expect(await failed({ kind: 'queries', ...bad })).toMatchObject(says);
    await expect(stat(directory)).rejects.toThrow();
    await expect(stat(output)).rejects.toThrow();
  }, 60_000);

  it('is not evaluated: the row of the embedding is named', async () => {
    const vectors = join(place.root, 'rows.npy');
    const data = new Float32Array(12).fill(1);
    data[7] = Infinity;
    await writeNpy(vectors, { shape: [4, 3], data });
    const images = Array.from({ length: 4 }, (_, i) => ({ id: String(i), label: i % 2 ? 'b' : 'a' }));
    const settings = { k: 1, temperature: 0.1, solver: 'lbfgs', shots: [1], seed: 0, test: null } as const;
    expect(
      await failed({ kind: 'evaluate', evaluation: 'knn', train: { vectors, images }, ...settings, shots: [1] }),
    ).toMatchObject({ code: 'not-finite', message: expect.stringContaining('vector 2 ') as string });
  }, 30_000);
});
