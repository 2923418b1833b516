/**
 * The backbone as a checkpoint of Detectron2, under the names of its ResNets (detectron2/modeling/backbone/resnet.py,
 * tools/convert-torchvision-to-d2.py): a pickle that its DetectionCheckpointer takes for one of its model zoo and
 * matches to the detector's parameters by their endings.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunConfig } from '../../shared/config.ts';
import { isStandardResNet } from '../../shared/exports.ts';
import { writeStreamAtomic } from '../files/index.ts';
import { ExportError } from './errors.ts';
import { pickle } from './pickle.ts';
import { verifyFailed } from './report.ts';
import type { Tensor } from './safetensors.ts';

export const DETECTRON2_FILE = 'detectron2.pkl';

/** torchvision's name of a ResNet's tensor as Detectron2 has it: a normalisation belongs to its convolution. */
export function detectron2Name(name: string): string {
  const staged = /^layer(\d)\.(.*)$/.exec(name);
  const [stage, rest] = staged ? [`res${Number(staged[1]) + 1}`, staged[2]!] : ['stem', name];
  return `${stage}.${rest
    .replace(/\bbn(\d)\./, 'conv$1.norm.')
    .replace('downsample.0.', 'shortcut.')
    .replace('downsample.1.', 'shortcut.norm.')}`;
}

/** @throws ExportError unsupported where Detectron2 has no such network */
export function checkDetectron2({ name, width, stem }: RunConfig['backbone']): void {
  if (!isStandardResNet({ width, stem }))
    throw new ExportError(
      'unsupported',
      `Detectron2 has no ${name} of width ${width} with the ${stem} stem: train one with backbone.width 1 and backbone.stem imagenet, or export safetensors`,
      { name, width, stem },
    );
}

/** Writes the backbone's tensors (torchvision's names) and reads the file back. @throws FileError write-failed, ExportError verify-failed */
export async function writeDetectron2(directory: string, tensors: Map<string, Tensor>) {
  // Its frozen batch normalisation has no counters of batches.
  const model = Object.fromEntries(
    [...tensors].flatMap(([name, { shape, data }]) =>
      data instanceof Float32Array ? [[detectron2Name(name), { shape, data }]] : [],
    ),
  );
  const content = () => pickle({ model, __author__: 'Lookalike', matching_heuristics: true });
  const path = join(directory, DETECTRON2_FILE);
  await writeStreamAtomic(path, async (append) => {
    for (const piece of content()) await append(piece);
  });
  const written = await readFile(path);
  let at = 0;
  for (const piece of content()) {
    if (Buffer.compare(written.subarray(at, at + piece.length), piece) !== 0)
      throw verifyFailed(DETECTRON2_FILE, `other bytes at ${at}`, { at });
    at += piece.length;
  }
  if (at !== written.length) throw verifyFailed(DETECTRON2_FILE, `${written.length} bytes of ${at}`);
  return { file: DETECTRON2_FILE, difference: 0, reader: 'byte comparison' };
}
