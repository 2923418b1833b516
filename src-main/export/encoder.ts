/**
 * The trained encoder as files for other programs: ONNX with its preprocessing in the metadata, safetensors with
 * config.json in timm's layout and torchvision's names, Detectron2's checkpoint, and a model card. Each is read back and compared with the
 * embeddings the trainer computed before it is reported.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { RunConfig } from '../../shared/config.ts';
import { isStandardResNet } from '../../shared/exports.ts';
import type { EncoderFormat } from '../../shared/exports.ts';
import { encoderModel, featureDim } from '../engine/index.ts';
import type { State } from '../engine/index.ts';
import { makeFolder, writeFileAtomic } from '../files/index.ts';
import { modelCard } from './card.ts';
import { DETECTRON2_FILE, checkDetectron2, writeDetectron2 } from './detectron2.ts';
import { ExportError } from './errors.ts';
import { loadScript } from './loadScript.ts';
import { cropPercentage, preprocessingOf } from './preprocessing.ts';
import type { Preprocessing } from './preprocessing.ts';
import { addFile, emptyReport, largestDifference, verifyFailed } from './report.ts';
import type { ExportReport } from './report.ts';
import { decodeSafetensors, writeSafetensors } from './safetensors.ts';
import type { Tensor } from './safetensors.ts';
import { detectron2Snippet, onnxSnippet, weightSnippets } from './snippets.ts';

export interface EncoderExport {
  config: RunConfig;
  state: State;
  /** Made when absent. */
  directory: string;
  formats: readonly EncoderFormat[];
  /** Prepared photos [n, 3, H, W] and what the trainer's encoder makes of them [n, D]. */
  samples: { pixels: Float32Array; embeddings: Float32Array };
  /** Facts for the model card, by name; nested objects become sections. */
  card: Record<string, unknown>;
}

/** How far an embedding of the exported file may be from the trainer's, relative to the largest of them. */
const TOLERANCE = 1e-4;
const PREFIX = 'backbone.';

/** @throws FileError write-failed, ExportError verify-failed, bad-shape, unsupported */
export async function exportEncoder({
  config,
  state,
  directory,
  formats,
  samples,
  card,
}: EncoderExport): Promise<ExportReport> {
  const preprocessing = preprocessingOf(config);
  const report = emptyReport();
  if (formats.includes('detectron2')) checkDetectron2(config.backbone);
  makeFolder(directory);
  for (const format of formats) {
    switch (format) {
      case 'onnx':
        await writeFileAtomic(
          join(directory, 'encoder.onnx'),
          encoderModel(config, state, onnxMetadata(config, preprocessing)),
        );
        await addFile(report, directory, 'encoder.onnx', format);
        report.verified.push(await verifyOnnx(directory, config, samples));
        report.snippets.push(onnxSnippet(preprocessing));
        break;
      case 'safetensors': {
        const tensors = backboneTensors(state);
        await writeSafetensors(join(directory, 'model.safetensors'), tensors, { format: 'pt' });
        await writeFileAtomic(
          join(directory, 'config.json'),
          JSON.stringify(timmConfig(config, preprocessing, tensors), null, 2) + '\n',
        );
        const files = ['model.safetensors', 'config.json'];
        if (!isStandardResNet(config.backbone)) {
          await writeFileAtomic(join(directory, 'load.py'), loadScript());
          files.push('load.py');
        }
        for (const file of files) await addFile(report, directory, file, format);
        report.verified.push(await verifyWeights(directory, tensors));
        report.snippets.push(...weightSnippets(config, preprocessing));
        break;
      }
      case 'detectron2':
        report.verified.push(await writeDetectron2(directory, backboneTensors(state)));
        await addFile(report, directory, DETECTRON2_FILE, format);
        report.snippets.push(detectron2Snippet(config, preprocessing));
        break;
      default:
        format satisfies never;
    }
  }
  await writeFileAtomic(
    join(directory, 'README.md'),
    modelCard({ config, preprocessing, snippets: report.snippets, facts: card }),
  );
  await addFile(report, directory, 'README.md', 'card');
  return report;
}

const onnxMetadata = (config: RunConfig, preprocessing: Preprocessing): Record<string, string> => ({
  preprocessing: JSON.stringify(preprocessing),
  architecture: config.backbone.name,
  backbone: JSON.stringify(config.backbone),
  method: config.method,
  input: 'pixel_values [batch, 3, H, W] float32',
  output: `embedding [batch, ${featureDim(config)}] float32, pooled backbone features, not normalised`,
});

/** The backbone under torchvision's names, with the counters PyTorch's batch normalisation keeps. */
export function backboneTensors(state: State): Map<string, Tensor> {
  const out = new Map<string, Tensor>();
  for (const [name, { shape, data }] of state) {
    if (!name.startsWith(PREFIX)) continue;
    const short = name.slice(PREFIX.length);
    out.set(short, { shape, data });
    if (short.endsWith('.running_var'))
      out.set(short.replace(/running_var$/, 'num_batches_tracked'), { shape: [], data: BigInt64Array.of(0n) });
  }
  return out;
}

/** Channels of the four stages before a bottleneck's expansion, as the weights have them. */
const stageChannels = (tensors: Map<string, Tensor>): number[] =>
  [1, 2, 3, 4].map((stage) => tensors.get(`layer${stage}.0.conv1.weight`)!.shape[0]!);

const stageBlocks = (tensors: Map<string, Tensor>): number[] =>
  [1, 2, 3, 4].map((stage) => {
    let blocks = 0;
    while (tensors.has(`layer${stage}.${blocks}.conv1.weight`)) blocks++;
    return blocks;
  });

/** config.json as timm writes it; for a network timm does not have, with what load.py needs instead. */
export function timmConfig(
  config: RunConfig,
  preprocessing: Preprocessing,
  tensors: Map<string, Tensor>,
): Record<string, unknown> {
  const { backbone } = config;
  const size = config.imageSize;
  const standard = isStandardResNet(backbone);
  return {
    architecture: standard ? backbone.name : `lookalike_${backbone.name}`,
    num_classes: 0,
    num_features: featureDim(config),
    global_pool: 'avg',
    pretrained_cfg: {
      tag: `lookalike_${config.method}`,
      custom_load: false,
      input_size: [3, size, size],
      fixed_input_size: false,
      interpolation: preprocessing.interpolation,
      crop_pct: cropPercentage(preprocessing),
      crop_mode: 'center',
      mean: preprocessing.mean,
      std: preprocessing.std,
      num_classes: 0,
      first_conv: 'conv1',
      classifier: 'fc',
    },
    ...(standard
      ? {}
      : {
          lookalike: {
            note: `timm and torchvision have no ${backbone.name} of width ${backbone.width} with the ${backbone.stem} stem: load.py beside this file builds it in PyTorch`,
            stem: backbone.stem,
            width: backbone.width,
            block: backbone.name === 'resnet50' ? 'bottleneck' : 'basic',
            blocks: stageBlocks(tensors),
            channels: stageChannels(tensors),
          },
        }),
  };
}

/** Loads the written file in onnxruntime and compares its embeddings with the given ones. */
async function verifyOnnx(directory: string, config: RunConfig, { pixels, embeddings }: EncoderExport['samples']) {
  const file = 'encoder.onnx';
  const size = config.imageSize;
  const d = featureDim(config);
  const n = embeddings.length / d;
  if (!Number.isInteger(n) || n < 1 || pixels.length !== n * 3 * size * size)
    throw new ExportError(
      'bad-shape',
      `the check needs at least one photo: ${pixels.length} pixel values do not go with ${embeddings.length} numbers of ${d} a photo`,
      { d, size },
    );
  const session = await InferenceSession.create(join(directory, file));
  try {
    const found = new Float32Array(n * d);
    // Two batch sizes, so that a batch that is not dynamic shows.
    for (let at = 0, batch = 1; at < n; at += batch, batch = 16) {
      const count = Math.min(batch, n - at);
      const part = pixels.slice(at * 3 * size * size, (at + count) * 3 * size * size);
      const { embedding } = await session.run({ pixel_values: new OrtTensor('float32', part, [count, 3, size, size]) });
      if (embedding?.dims[0] !== count || embedding.dims[1] !== d)
        throw verifyFailed(file, `an embedding of shape [${embedding?.dims.join(', ')}]`);
      found.set(embedding.data as Float32Array, at * d);
    }
    const scale = embeddings.reduce((m, x) => Math.max(m, Math.abs(x)), 1);
    const difference = largestDifference(found, embeddings);
    if (!(difference <= TOLERANCE * scale))
      throw verifyFailed(file, `embeddings that differ by ${difference}`, { difference });
    return { file, difference, reader: 'onnxruntime' };
  } finally {
    await session.release();
  }
}

async function verifyWeights(directory: string, written: Map<string, Tensor>) {
  const file = 'model.safetensors';
  const { tensors } = decodeSafetensors(await readFile(join(directory, file)));
  if (tensors.size !== written.size) throw verifyFailed(file, `${tensors.size} tensors of ${written.size}`);
  for (const [name, { shape, data }] of written) {
    const found = tensors.get(name);
    if (found?.shape.join() !== shape.join() || Buffer.compare(bytes(found.data), bytes(data)) !== 0)
      throw verifyFailed(file, `another ${name}`, { name });
  }
  return { file, difference: 0, reader: 'safetensors reader' };
}

const bytes = (data: Float32Array | BigInt64Array) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
