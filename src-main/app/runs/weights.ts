/**
 * Whether given weights fit a network, from the head of their file alone: a run that would end a minute after its
 * start, when the trainer reads them, is refused before. The rule is the trainer's (engine/weights.ts), and a test
 * holds the shapes here against its own.
 */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RunConfig } from '../../../shared/config.ts';
import { readHead, SafetensorsError } from '../../../shared/safetensors.ts';

type Shape = readonly number[];

const ignored = /^(fc|head|classifier)\.|\.num_batches_tracked$/;
const blocks = { resnet18: [2, 2, 2, 2], resnet34: [3, 4, 6, 3], resnet50: [3, 4, 6, 3] } as const;

/** Tensors of a backbone by their names in torchvision (He et al. 2016, Table 1), with the configured width and stem. */
export function backboneShapes({ name, width, stem }: RunConfig['backbone']): Map<string, Shape> {
  const shapes = new Map<string, Shape>();
  const channelsOf = (stage: number) => Math.max(8, 8 * Math.round(8 * 2 ** stage * width));
  const convolution = (path: string, bn: string, out: number, input: number, kernel: number) => {
    shapes.set(`${path}.weight`, [out, input, kernel, kernel]);
    for (const part of ['weight', 'bias', 'running_mean', 'running_var']) shapes.set(`${bn}.${part}`, [out]);
  };
  let channels = channelsOf(0);
  convolution('conv1', 'bn1', channels, 3, stem === 'imagenet' ? 7 : 3);
  blocks[name].forEach((count, stage) => {
    const inner = channelsOf(stage);
    const out = name === 'resnet50' ? 4 * inner : inner;
    for (let i = 0; i < count; i++) {
      const block = `layer${stage + 1}.${i}`;
      const kernels = name === 'resnet50' ? [1, 3, 1] : [3, 3];
      kernels.forEach((kernel, k) => {
        const last = k === kernels.length - 1;
        convolution(
          `${block}.conv${k + 1}`,
          `${block}.bn${k + 1}`,
          last ? out : inner,
          k === 0 ? channels : inner,
          kernel,
        );
      });
      if (channels !== out || (i === 0 && stage > 0))
        convolution(`${block}.downsample.0`, `${block}.downsample.1`, out, channels, 1);
      channels = out;
    }
  });
  return shapes;
}

/** Names and shapes in a safetensors file. @throws SafetensorsError, or as it could not be opened */
async function readShapes(path: string): Promise<Map<string, Shape>> {
  const file = await open(path);
  try {
    const { entries } = await readHead(file);
    return new Map(entries.map(({ name, shape }) => [name, shape]));
  } finally {
    await file.close();
  }
}

/** Why a run cannot start from these weights, with the remedy; null where it can. */
export async function misfit(path: string, backbone: RunConfig['backbone']): Promise<string | null> {
  let given: Map<string, Shape>;
  try {
    given = await readShapes(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const detail = error instanceof SafetensorsError ? error.reason : (code ?? message);
    return `${basename(path)} is not a safetensors file that can be read (${detail}): choose another file, or set backbone.init to random`;
  }
  const own = backboneShapes(backbone);
  const prefix = [...given.keys()].some((name) => name.startsWith('backbone.')) ? 'backbone.' : '';
  let known = 0;
  for (const [name, shape] of given) {
    const bare = name.slice(prefix.length);
    const expected = own.get(bare);
    if (!name.startsWith(prefix) || ignored.test(bare) || !expected) continue;
    if (shape.join() !== expected.join())
      return `${bare} has shape [${shape.join(', ')}] in the given weights and [${expected.join(', ')}] in this backbone: set backbone.name, width and stem to those of the weights`;
    known++;
  }
  return known > 0
    ? null
    : 'none of the given tensors is named as in torchvision or timm ResNets (conv1.weight, layer1.0.conv1.weight, ...): give such a file';
}
