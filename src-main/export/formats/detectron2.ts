/**
 * The backbone as a checkpoint of Detectron2, under the names of its ResNets (detectron2/modeling/backbone/resnet.py,
 * tools/convert-torchvision-to-d2.py): a pickle that its DetectionCheckpointer takes for one of its model zoo and
 * matches to the detector's parameters by their endings.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunConfig } from '../../../shared/config.ts';
import { writeStreamAtomic } from '../../files/index.ts';
import { pickle } from '../pickle.ts';
import type { Preprocessing } from '../preprocessing.ts';
import { verifyFailed } from '../report.ts';
import { backboneTensors } from '../weights.ts';
import type { WriteEncoder } from '../work.ts';

const FILE = 'detectron2.pkl';

/** torchvision's name of a ResNet's tensor as Detectron2 has it: a normalisation belongs to its convolution. */
export function detectron2Name(name: string): string {
  const staged = /^layer(\d)\.(.*)$/.exec(name);
  const [stage, rest] = staged ? [`res${Number(staged[1]) + 1}`, staged[2]!] : ['stem', name];
  return `${stage}.${rest
    .replace(/\bbn(\d)\./, 'conv$1.norm.')
    .replace('downsample.0.', 'shortcut.')
    .replace('downsample.1.', 'shortcut.norm.')}`;
}

export const write: WriteEncoder = async ({ config, state, directory, preprocessing }) => {
  // Its frozen batch normalisation has no counters of batches.
  const model = Object.fromEntries(
    [...backboneTensors(state)].flatMap(([name, { shape, data }]) =>
      data instanceof Float32Array ? [[detectron2Name(name), { shape, data }]] : [],
    ),
  );
  const content = () => pickle({ model, __author__: 'Lookalike', matching_heuristics: true });
  const path = join(directory, FILE);
  await writeStreamAtomic(path, async (append) => {
    for (const piece of content()) await append(piece);
  });
  const written = await readFile(path);
  let at = 0;
  for (const piece of content()) {
    if (Buffer.compare(written.subarray(at, at + piece.length), piece) !== 0)
      throw verifyFailed(FILE, `other bytes at ${at}`, { at });
    at += piece.length;
  }
  if (at !== written.length) throw verifyFailed(FILE, `${written.length} bytes of ${at}`);
  return {
    files: [FILE],
    verified: [{ file: FILE, difference: 0, reader: 'byte comparison' }],
    snippets: [snippet(config, preprocessing)],
  };
};

/** A configuration of Detectron2: its defaults are for weights of another origin, in BGR and with other strides. */
function snippet({ backbone }: RunConfig, { mean, std }: Preprocessing) {
  const depth = Number(backbone.name.replace('resnet', ''));
  const of255 = (values: number[]) => `[${values.map((value) => Number((255 * value).toFixed(3))).join(', ')}]`;
  return {
    language: 'python',
    code: `\
# a detector in Detectron2 that starts from it
from detectron2 import model_zoo
from detectron2.config import get_cfg
from detectron2.engine import DefaultTrainer

cfg = get_cfg()
cfg.merge_from_file(model_zoo.get_config_file("COCO-Detection/faster_rcnn_R_50_FPN_3x.yaml"))
cfg.MODEL.WEIGHTS = "${FILE}"
cfg.MODEL.RESNETS.DEPTH = ${depth}${depth < 50 ? '\ncfg.MODEL.RESNETS.RES2_OUT_CHANNELS = 64  # its blocks do not widen' : ''}
cfg.MODEL.RESNETS.STRIDE_IN_1X1 = False  # torchvision's ResNets stride in the 3x3
cfg.INPUT.FORMAT = "RGB"  # not Detectron2's BGR
cfg.MODEL.PIXEL_MEAN = ${of255(mean)}
cfg.MODEL.PIXEL_STD = ${of255(std)}
cfg.MODEL.BACKBONE.FREEZE_AT = 0  # every stage goes on learning, statistics included, as in the evaluation of MoCo
cfg.MODEL.RESNETS.NORM = cfg.MODEL.FPN.NORM = "SyncBN"  # "BN" on one GPU
cfg.DATASETS.TRAIN, cfg.DATASETS.TEST = ("your_dataset",), ()

trainer = DefaultTrainer(cfg)
trainer.resume_or_load(resume=False)
trainer.train()
`,
  };
}
