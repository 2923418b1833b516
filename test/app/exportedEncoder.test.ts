/** What is exported of an encoder: the same embeddings from ONNX, weights and settings as timm, torchvision and Detectron2 read them. */
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import { Encoder, initialState, loadBackbone } from '../../src-main/engine/index.ts';
import type { TensorData } from '../../src-main/engine/index.ts';
import { trainingGraph } from '../../src-main/engine/training-graph.ts';
import { decodeSafetensors, exportEncoder, floatTensors, preprocessingOf } from '../../src-main/export/index.ts';
import { detectron2Name } from '../../src-main/export/formats/detectron2.ts';
import { backboneTensors } from '../../src-main/export/weights.ts';
import { pickle } from '../../src-main/export/pickle.ts';
import { weightSnippets } from '../../src-main/export/formats/safetensors.ts';
import { cropPercentage } from '../../src-main/export/preprocessing.ts';

type Names = Record<'resnet18' | 'resnet34' | 'resnet50', [string, number[]][]>;
const golden = JSON.parse(
  gunzipSync(readFileSync(new URL('../golden/detectron2.json.gz', import.meta.url))).toString(),
) as { torchvision: Names; detectron2: Names; pickle: string };

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lookalike-exports-'));
});
afterAll(() => rm(directory, { recursive: true }));

const embedded = async (config: ReturnType<typeof parseConfig>) => {
  const state = initialState(config);
  const count = 3;
  const size = config.imageSize;
  const pixels = Float32Array.from(
    { length: count * 3 * size * size },
    (_, i) => Math.sin(i * 0.61) + Math.cos(i * 0.07),
  );
  const encoder = await Encoder.create(config, state, { device: 'cpu', threads: 1 });
  const { features } = await encoder.embed(pixels, count);
  await encoder.close();
  return { state, samples: { pixels, embeddings: features } };
};

describe('the encoder', () => {
  it('gives the same embeddings from ONNX, and its weights load again', async () => {
    const config = parseConfig({
      backbone: { width: 0.25, stem: 'cifar' },
      head: { hiddenDim: 32, outputDim: 32 },
      predictor: { hiddenDim: 8 },
      imageSize: 32,
    });
    const { state, samples } = await embedded(config);
    const folder = join(directory, 'narrow');
    const card = { name: 'a | b', images: 12, metrics: { knn: 0.51234567, untrained: { knn: 0.25 } } };
    const report = await exportEncoder({
      config,
      state,
      directory: folder,
      formats: ['onnx', 'safetensors'],
      samples,
      card,
    });
    expect(report.files.map((f) => f.file).sort()).toEqual([
      'README.md',
      'config.json',
      'encoder.onnx',
      'load.py',
      'model.safetensors',
    ]);
    expect(report.verified.find((v) => v.reader === 'onnxruntime')!.difference).toBeLessThan(1e-4);

    const { tensors } = decodeSafetensors(await readFile(join(folder, 'model.safetensors')));
    expect(tensors.get('bn1.num_batches_tracked')).toEqual({ shape: [], data: BigInt64Array.of(0n) });
    const fresh = initialState({ ...config, seed: 9 });
    expect(loadBackbone(fresh, floatTensors(tensors)).leftOut).toBe(0);
    for (const [name, tensor] of state) if (name.startsWith('backbone.')) expect(fresh.get(name)).toEqual(tensor);

    const json = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<
      string,
      Record<string, unknown>
    >;
    expect(json['lookalike']).toMatchObject({
      stem: 'cifar',
      block: 'basic',
      blocks: [2, 2, 2, 2],
      channels: [16, 32, 64, 128],
    });
    expect(json['num_features']).toBe(128);
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    expect(readme).toContain('| Name | a \\| b |');
    expect(readme).toContain('| Untrained knn | 0.25 |');
    expect(readme).toContain('onnxruntime.InferenceSession');
  });

  it("has timm's config at full width, and no script", async () => {
    const config = parseConfig({
      backbone: { width: 1 },
      head: { hiddenDim: 32, outputDim: 32 },
      predictor: { hiddenDim: 8 },
      imageSize: 96,
    });
    const { state, samples } = await embedded(config);
    const folder = join(directory, 'full');
    const report = await exportEncoder({
      config,
      state,
      directory: folder,
      formats: ['safetensors'],
      samples,
      card: {},
    });
    expect(report.files.map((f) => f.file)).not.toContain('load.py');
    const json = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
    expect(json).toMatchObject({ architecture: 'resnet18', num_classes: 0, num_features: 512, global_pool: 'avg' });
    expect(json).not.toHaveProperty('lookalike');
    expect(json['pretrained_cfg']).toMatchObject({
      input_size: [3, 96, 96],
      interpolation: 'bilinear',
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    });
  });

  it('is not reported when its embeddings differ', async () => {
    const config = parseConfig({
      backbone: { width: 0.125, stem: 'cifar' },
      head: { hiddenDim: 16, outputDim: 16 },
      predictor: { hiddenDim: 8 },
      imageSize: 32,
    });
    const { state, samples } = await embedded(config);
    const wrong = { ...samples, embeddings: samples.embeddings.map((x, i) => (i === 7 ? x + 0.01 : x)) };
    const job = { config, state, directory: join(directory, 'wrong'), formats: ['onnx'] as const, card: {} };
    const failed = (code: string) => ({ files: [], verified: [], failures: [{ format: 'onnx', error: { code } }] });
    expect(await exportEncoder({ ...job, samples: wrong })).toMatchObject(failed('verify-failed'));
    wrong.embeddings[7] = NaN;
    expect(await exportEncoder({ ...job, samples: wrong })).toMatchObject(failed('verify-failed'));
    expect(
      await exportEncoder({ ...job, samples: { pixels: new Float32Array(0), embeddings: new Float32Array(0) } }),
    ).toMatchObject(failed('bad-shape'));
  });

  it('names every tensor of the standard networks as torchvision and Detectron2 do', () => {
    for (const name of ['resnet18', 'resnet34', 'resnet50'] as const) {
      const config = parseConfig({ backbone: { name, width: 1, stem: 'imagenet' }, epochs: 1 });
      const empty = trainingGraph(config).entries.map(({ name: tensor, shape }): [string, TensorData] => [
        tensor,
        { shape: [...shape], data: new Float32Array() },
      ]);
      const tensors = backboneTensors(new Map(empty));
      const listed = [...tensors].map(([tensor, { shape }]): [string, number[]] => [tensor, shape]);
      expect(new Map(listed)).toEqual(new Map(golden.torchvision[name]));
      const floats = listed.filter(([tensor]) => !tensor.endsWith('num_batches_tracked'));
      expect(new Map(floats.map(([tensor, shape]) => [detectron2Name(tensor), shape]))).toEqual(
        new Map(golden.detectron2[name]),
      );
    }
  });

  it("pickles a checkpoint, byte for byte, as Python's pickler does", () => {
    const array = (shape: number[], data: Float32Array) => ({ shape, data });
    const model = {
      'stem.conv1.weight': array(
        [3, 2, 1, 13],
        Float32Array.from({ length: 78 }, (_, i) => i / 7),
      ),
      long: array(
        [300],
        Float32Array.from({ length: 300 }, (_, i) => i),
      ),
      matrix: array([2, 2], Float32Array.of(1.5, -0, 3e38, NaN)),
      scalar: array([], Float32Array.of(2.5)),
      éÿ名: array([1, 0, 70000], new Float32Array(0)),
    };
    const written = Buffer.concat([...pickle({ model, one: { __author__: 'Lookalike' }, matching_heuristics: true })]);
    expect(written.toString('base64')).toBe(golden.pickle);
  });

  it('becomes a checkpoint of Detectron2, with the settings it needs there', async () => {
    const config = parseConfig({
      backbone: { width: 1 },
      head: { hiddenDim: 32, outputDim: 32 },
      predictor: { hiddenDim: 8 },
      imageSize: 64,
    });
    const { state, samples } = await embedded(config);
    const folder = join(directory, 'detectron2');
    const report = await exportEncoder({
      config,
      state,
      directory: folder,
      formats: ['detectron2'],
      samples,
      card: {},
    });
    expect(report.files.map((f) => f.file).sort()).toEqual(['README.md', 'detectron2.pkl']);
    expect(report.verified).toMatchObject([{ file: 'detectron2.pkl', difference: 0 }]);
    const file = await readFile(join(folder, 'detectron2.pkl'));
    expect([file[0], file.at(-1)]).toEqual([0x80, 0x2e]);
    const { data } = state.get('backbone.layer4.1.bn2.running_var')!;
    const at = file.indexOf('res5.1.conv2.norm.running_var');
    expect(file.indexOf(Buffer.from(data.buffer, data.byteOffset, data.byteLength), at) - at).toBeLessThan(250);
    const { code } = report.snippets.find(({ format }) => format === 'detectron2')!;
    for (const line of [
      'INPUT.FORMAT = "RGB"',
      'PIXEL_MEAN = [123.675, 116.28, 103.53]',
      'PIXEL_STD = [58.395, 57.12, 57.375]',
      'DEPTH = 18',
      'RES2_OUT_CHANNELS = 64',
      'STRIDE_IN_1X1 = False',
    ])
      expect(code).toContain(line);
  });

  it('is refused for Detectron2 where that has no such network, and written in the other formats', async () => {
    const hindered: [NonNullable<ConfigPatch['backbone']>, RegExp][] = [
      [{ width: 0.25 }, /this one has 0\.25 of the channels.* or export Safetensors/],
      [{ width: 1, stem: 'cifar' }, /ImageNet stem.* or export Safetensors/],
    ];
    for (const [backbone, reason] of hindered) {
      const config = parseConfig({
        backbone,
        head: { hiddenDim: 16, outputDim: 16 },
        predictor: { hiddenDim: 8 },
        imageSize: 32,
      });
      const { state, samples } = await embedded(config);
      const folder = join(directory, `narrow-${config.backbone.width}`);
      const job = { config, state, samples, directory: folder, card: {} };
      const report = await exportEncoder({ ...job, formats: ['detectron2', 'safetensors'] });
      expect(report.failures).toMatchObject([{ format: 'detectron2', error: { code: 'unsupported' } }]);
      expect(report.failures[0]!.error.message).toMatch(reason);
      expect(report.files.map(({ file }) => file)).toContain('model.safetensors');
      expect(await exportEncoder({ ...job, formats: ['detectron2'] })).toMatchObject({ files: [] });
    }
  });

  it('starts detectors of torchvision where its stem reduces the photo', () => {
    const detector = (backbone: object) => {
      const config = parseConfig({ backbone, epochs: 1 });
      return weightSnippets(config, preprocessingOf(config))
        .map(({ code }) => code)
        .find((code) => code.includes('FasterRCNN'));
    };
    expect(detector({ name: 'resnet50', width: 1 })).toContain('resnet_fpn_backbone(backbone_name="resnet50"');
    expect(detector({ name: 'resnet18', width: 0.5 })).toContain('BackboneWithFPN');
    for (const stem of ['cifar', 'small']) expect(detector({ width: 0.5, stem })).toBeUndefined();
  });

  it("asks timm for the trainer's own resize at every size", () => {
    for (let size = 16; size <= 512; size += 8) {
      const preprocessing = preprocessingOf(parseConfig({ imageSize: size }));
      expect(Math.floor(size / cropPercentage(preprocessing))).toBe(preprocessing.resize_short_side);
    }
  });
});
