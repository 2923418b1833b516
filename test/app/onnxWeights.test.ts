/** Weights of a ResNet out of an ONNX file, in which no layer has its name and, folded, no normalisation is left. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BATCH_NORM_EPS } from '../../shared/backbone.ts';
import { parseConfig } from '../../shared/config.ts';
import type { RunConfig } from '../../shared/config.ts';
import { sentenceOf } from '../../shared/sentences.ts';
import { misfit, withNetworkOf } from '../../src-main/app/runs/weights.ts';
import { Encoder, unfoldBackbone } from '../../src-main/engine/index.ts';
import type { State } from '../../src-main/engine/index.ts';
import { elementType } from '../../src-main/engine/onnx/schema.ts';
import { readCheckpoint } from '../../src-main/trainer/checkpoint.ts';
import { freshState } from '../../src-main/trainer/start.ts';
import { readWeights, WeightsFileError } from '../../src-main/weights/index.ts';
import { seeded } from '../faults/random.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { onnxNetwork, withWeightsBeside } from '../helpers/onnxNetworks.ts';
import type { Form, OnnxNetwork } from '../helpers/onnxNetworks.ts';
import { makeWorkplace, startHere, trainJob } from './trainerHarness.ts';
import type { Workplace } from './trainerHarness.ts';

const folder = sharedFolder('onnx-weights');
const SIDE = 32;
const PHOTOS = 5;
const random = seeded('photos');
const photos = Float32Array.from({ length: PHOTOS * 3 * SIDE * SIDE }, () => 4 * random() - 2);

const configOf = (backbone: Partial<RunConfig['backbone']>) =>
  parseConfig({ epochs: 1, imageSize: SIDE, embedding: 'pooled', backbone: { width: 0.125, ...backbone } });

function written(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** What the runtime computes of the file itself. */
async function computed({ bytes }: OnnxNetwork, output: string): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes);
  const picture = new OrtTensor('float32', photos, [PHOTOS, 3, SIDE, SIDE]);
  const { [output]: found } = await session.run({ picture }, [output]);
  await session.release();
  return found!.data as Float32Array;
}

async function embedded(config: RunConfig, state: State): Promise<Float32Array> {
  const encoder = await Encoder.create(config, state);
  const { features } = await encoder.embed(photos, PHOTOS);
  await encoder.close();
  return features;
}

const digest = (data: Float32Array): string => createHash('sha256').update(data).digest('hex');

/** The largest difference, as a share of the largest number. */
const apart = (a: Float32Array, b: Float32Array): number =>
  Math.max(...a.map((x, i) => Math.abs(x - b[i]!))) / Math.max(...b.map(Math.abs));

const backbones = [
  { name: 'resnet18', width: 0.125, stem: 'cifar' },
  { name: 'resnet34', width: 0.125, stem: 'imagenet' },
  { name: 'resnet50', width: 0.125, stem: 'imagenet' },
] as const;

describe.each(backbones)('a $name with the $stem stem', (backbone) => {
  const config = configOf(backbone);

  it('computes what its file does, and goes on doing so with normalisations by the photos', async () => {
    const network = onnxNetwork(backbone);
    const path = written(`${backbone.name}.onnx`, network.bytes);
    expect(await misfit(path, config.backbone)).toBeNull();
    const { state, folded, notes } = await freshState(config, path, 16);
    expect([folded, notes]).toEqual([true, []]);
    const wanted = await computed(network, network.pooled);
    expect(apart(await embedded(config, state), wanted)).toBeLessThan(1e-5);

    const byThreads = [2, 3].map(() => new Map([...state].map(([name, tensor]) => [name, structuredClone(tensor)])));
    for (const [i, other] of byThreads.entries())
      await unfoldBackbone(config, other, photos, PHOTOS, { threads: i + 2 });
    await unfoldBackbone(config, state, photos, PHOTOS, { threads: 1 });
    // what enters the parameters depends on no number of threads
    for (const other of byThreads)
      for (const [name, { data }] of state) expect([name, digest(other.get(name)!.data)]).toEqual([name, digest(data)]);
    expect(apart(await embedded(config, state), wanted)).toBeLessThan(1e-5);
    // the first normalisation by its definition, of what the runtime's own convolution gives less the bias in the file
    const { tensors } = await readWeights(path, () => ['onnx.bn1.bias']);
    const given = tensors.get('onnx.bn1.bias')!.data;
    const maps = await computed(network, network.first);
    const size = maps.length / PHOTOS / given.length;
    const [mean, variance, scale, shift] = ['running_mean', 'running_var', 'weight', 'bias'].map(
      (part) => state.get(`backbone.bn1.${part}`)!.data,
    );
    given.forEach((bias, channel) => {
      const values = maps.filter((_, i) => Math.floor(i / size) % given.length === channel);
      const middle = values.reduce((sum, x) => sum + x, 0) / values.length;
      const spread = values.reduce((sum, x) => sum + (x - middle) ** 2, 0) / values.length;
      expect(mean![channel]).toBeCloseTo(middle - bias, 4);
      expect(variance![channel]! / spread).toBeCloseTo(1, 3);
      expect(scale![channel]! ** 2).toBeCloseTo(variance![channel]! + BATCH_NORM_EPS, 5);
      expect(shift![channel]).toBeCloseTo(middle, 4);
    });
  });
});

describe('normalisations that are kept', () => {
  it.each([1e-5, 1e-3])('are taken as they are, also with an epsilon of %d', async (epsilon) => {
    const [backbone] = backbones;
    const network = onnxNetwork(backbone, { epsilon });
    const config = configOf(backbone);
    const { state, folded } = await freshState(config, written(`kept-${epsilon}.onnx`, network.bytes), 16);
    expect(folded).toBe(false);
    expect(apart(await embedded(config, state), await computed(network, network.pooled))).toBeLessThan(1e-5);
  });
});

describe('a file', () => {
  const [backbone] = backbones;
  const config = configOf(backbone);

  it('whose weights lie beside it, or are of 16 bits, is read as well', async () => {
    const network = onnxNetwork(backbone);
    const { bytes, weights } = withWeightsBeside(network.bytes, 'network.onnx.data');
    const path = written('beside.onnx', bytes);
    expect(await misfit(path, config.backbone)).toBeNull(); // which looks at names and shapes alone
    await expect(freshState(config, path, 16)).rejects.toMatchObject({ reason: { key: 'bad-file.onnx-beside' } });
    written('network.onnx.data', weights);
    const wanted = await computed(network, network.pooled);
    expect(apart(await embedded(config, (await freshState(config, path, 16)).state), wanted)).toBeLessThan(1e-5);
    const half = written('half.onnx', onnxNetwork(backbone, { half: true }).bytes);
    expect(apart(await embedded(config, (await freshState(config, half, 16)).state), wanted)).toBeLessThan(0.02);
  });

  it('names no file elsewhere', async () => {
    const { bytes } = withWeightsBeside(onnxNetwork(backbone).bytes, '../elsewhere');
    const path = written('outside.onnx', bytes);
    await expect(freshState(config, path, 16)).rejects.toMatchObject({ reason: { key: 'bad-file.onnx-beside' } });
  });

  it('says which network it is of, where nobody chose another', async () => {
    const path = written('found.onnx', onnxNetwork(backbones[2]).bytes);
    const found = await withNetworkOf(path, parseConfig({ epochs: 1, imageSize: 64 }), {});
    expect(found.config.backbone).toMatchObject({ name: 'resnet50', width: 0.125, stem: 'imagenet' });
    expect(await misfit(path, config.backbone)).toMatchObject({
      key: 'cannot-start.weights',
      values: { reason: { key: 'bad-weights.network', values: { name: 'resnet50', width: 0.125 } } },
    });
  });

  const others: [string, Form][] = [
    ['groups', { group: 2 }],
    ['another activation', { activation: 'Softplus' }],
    ['strides at other places', { early: true }],
  ];
  it.each(others)('of a network with %s is refused, with what else can be done', async (name, form) => {
    const of = name.startsWith('strides') ? backbones[2] : backbone;
    const refused = await misfit(written('other.onnx', onnxNetwork(of, form).bytes), config.backbone);
    expect(sentenceOf(refused!, 'en')).toMatch(
      /no plain ResNet-18, 34 or 50 in this ONNX file; give the checkpoint of one/,
    );
  });

  it('of which some bytes are others is read or refused by a sentence, whichever they are', async () => {
    const { bytes } = onnxNetwork(backbone);
    const other = seeded('other bytes');
    for (let i = 0; i < 60; i++) {
      const changed = Buffer.from(bytes);
      for (let j = 0; j < 3; j++) changed[Math.floor(other() * (j ? 9000 : bytes.length))] = Math.floor(256 * other());
      const path = written('changed.onnx', changed);
      const ended = await readWeights(path, (shapes) => shapes.keys()).catch((error: unknown) => error);
      expect(ended instanceof Error ? ended : null).toSatisfy((e) => e === null || e instanceof WeightsFileError);
    }
  });

  it('that is cut off, no ONNX at all or of whole numbers is refused', async () => {
    const { bytes } = onnxNetwork(backbone);
    const cut = await misfit(written('cut.onnx', bytes.subarray(0, bytes.length / 2)), config.backbone);
    expect(sentenceOf(cut!, 'en')).toMatch(/not a whole ONNX file/);
    const text = await misfit(written('text.onnx', Buffer.from('a text of some length')), config.backbone);
    expect(sentenceOf(text!, 'en')).toMatch(/not a whole ONNX file/);
    const whole = written('whole.onnx', onnxNetwork(backbone, { type: elementType.int32 }).bytes);
    await expect(freshState(config, whole, 16)).rejects.toMatchObject({ reason: { key: 'bad-file.onnx-kind' } });
  });
});

describe('a run', () => {
  let place: Workplace;
  beforeAll(async () => void (place = await makeWorkplace(24)));
  afterAll(() => place.remove());

  it('begins with what the file computes, and learns', async () => {
    const { config } = trainJob(place, 'onnx', {});
    const network = onnxNetwork(config.backbone);
    const initialWeights = written('begin.onnx', network.bytes);
    const job = trainJob(place, 'onnx', { epochs: 1, backbone: { init: initialWeights } }, { initialWeights });
    const trainer = startHere(job);
    const end = await trainer.ended;
    expect(end).toMatchObject({ type: 'done' });
    const first = trainer.reports
      .find((report) => report.type === 'checkpoints')!
      .files.find(({ step }) => step === 0)!;
    const { state } = await readCheckpoint(first.file);
    // normalisations have the scale of the photos, and not that of none
    const scales = state.get('backbone.layer4.1.bn2.weight')!.data;
    const variances = state.get('backbone.layer4.1.bn2.running_var')!.data;
    scales.forEach((scale, i) => expect(scale ** 2 / (variances[i]! + BATCH_NORM_EPS)).toBeCloseTo(1, 3));
    expect(scales.every((scale) => scale === 1)).toBe(false);
  });
});
