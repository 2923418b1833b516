/**
 * The encoder's weights as safetensors under torchvision's names, with config.json in timm's layout; beside a network
 * that these do not have, the lines that build it in PyTorch. Every tensor is read back.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunConfig } from '../../../shared/config.ts';
import { isStandardNetwork } from '../../../shared/exports.ts';
import { channelsOf } from '../../../shared/input.ts';
import { edgesDim, ENLARGED, featureDim } from '../../engine/index.ts';
import { writeFileAtomic } from '../../files/index.ts';
import { startOf, teacherFacts } from '../card.ts';
import { loadScript } from '../loadScript.ts';
import { cropPercentage } from '../preprocessing.ts';
import type { Preprocessing } from '../preprocessing.ts';
import { verifyFailed } from '../report.ts';
import { decodeSafetensors, writeSafetensors } from '../safetensors.ts';
import type { Tensor } from '../safetensors.ts';
import { backboneTensors, readoutTensors } from '../weights.ts';
import type { WriteEncoder, Written } from '../work.ts';

type Snippet = Written['snippets'][number];

const WEIGHTS = 'model.safetensors';
const READOUT_FILE = 'readout.safetensors';

export const write: WriteEncoder = async ({ config, state, directory, preprocessing }) => {
  const tensors = backboneTensors(state);
  const given = config.backbone.init !== 'random';
  await writeSafetensors(join(directory, WEIGHTS), tensors, {
    format: 'pt',
    ...(given && { startingWeights: startOf(config) }),
    ...teacherFacts(config),
  });
  await writeFileAtomic(
    join(directory, 'config.json'),
    JSON.stringify(timmConfig(config, preprocessing, tensors), null, 2) + '\n',
  );
  const files = [WEIGHTS, 'config.json'];
  if (!isStandardNetwork(config)) {
    await writeFileAtomic(join(directory, 'load.py'), loadScript());
    files.push('load.py');
  }
  const verified = [await verify(directory, WEIGHTS, tensors)];
  const snippets = weightSnippets(config, preprocessing);
  const readout = readoutTensors(state);
  if (readout) {
    await writeSafetensors(join(directory, READOUT_FILE), readout, { format: 'pt' });
    files.push(READOUT_FILE);
    verified.push(await verify(directory, READOUT_FILE, readout));
    snippets.push(comparing(config));
  }
  return { files, verified, snippets };
};

/** The lines after those that load the encoder, of torchvision's or of load.py. */
const comparing = (config: RunConfig): Snippet => ({
  language: 'python',
  code: `\
# what Lookalike compares photos by: the last two stages of the enlarged photo, pooled${edgesDim(config) > 0 ? ', beside its edges,' : ''} and whitened; the
# encoder itself gives the last one, pooled
import torch
from safetensors.torch import load_file
from torchvision.models.feature_extraction import create_feature_extractor

readout = load_file("${READOUT_FILE}")
large = torch.nn.functional.interpolate(pixels, size=${Math.round(ENLARGED * config.imageSize)}, mode="bilinear")
maps = create_feature_extractor(encoder, ["layer3", "layer4"])(large)
stages = torch.cat([maps["layer3"].mean((2, 3)), maps["layer4"].mean((2, 3))], 1)
${edgesDim(config) > 0 ? EDGE_LINES : ''}embedding = torch.nn.functional.linear(stages, readout["weight"], readout["bias"])
`,
});

/** engine/nn/edges.ts in PyTorch. */
const EDGE_LINES = `\
grey = torch.nn.functional.interpolate(pixels, size=32, mode="bilinear", antialias=True).mean(1, keepdim=True)
right = grey[..., 1:-1, 2:] - grey[..., 1:-1, :-2]
down = grey[..., 2:, 1:-1] - grey[..., :-2, 1:-1]
angles = torch.arange(9).view(-1, 1, 1) * torch.pi / 9
lengths = right**2 + down**2 + 1e-10
shares = (right * angles.cos() + down * angles.sin()) ** 2 / lengths
cells = torch.nn.functional.avg_pool2d(torch.nn.functional.pad(lengths.sqrt() * shares**8, (1, 1, 1, 1)), 8, 6)
edges = cells / (((cells**2).sum(1, keepdim=True) + 1e-10).sqrt() + 0.1)
stages = torch.cat([stages, edges.flatten(1)], 1)
`;

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
  const standard = isStandardNetwork(config);
  const channels = channelsOf(config);
  return {
    architecture: standard ? backbone.name : `lookalike_${backbone.name}`,
    num_classes: 0,
    num_features: featureDim(config),
    global_pool: 'avg',
    pretrained_cfg: {
      tag: `lookalike_${config.method}`,
      custom_load: false,
      input_size: [channels, size, size],
      fixed_input_size: false,
      interpolation: preprocessing.interpolation,
      crop_pct: cropPercentage(preprocessing),
      crop_mode: 'center',
      mean: preprocessing.mean,
      std: preprocessing.std,
      num_classes: 0,
      ...(backbone.licence && { license: backbone.licence }),
      first_conv: 'conv1',
      classifier: 'fc',
    },
    ...(standard
      ? {}
      : {
          lookalike: {
            note: `timm and torchvision have no ${backbone.name} of width ${backbone.width} with the ${backbone.stem} stem${channels === 3 ? '' : ` for ${channels} channels`}: load.py beside this file builds it in PyTorch`,
            stem: backbone.stem,
            width: backbone.width,
            ...(channels === 3 ? {} : { image_channels: channels }),
            block: backbone.name === 'resnet50' ? 'bottleneck' : 'basic',
            blocks: stageBlocks(tensors),
            channels: stageChannels(tensors),
          },
        }),
  };
}

async function verify(directory: string, file: string, written: Map<string, Tensor>) {
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

/** The settings by which a torchvision detector normalises: mean and deviation of RGB from 0 to 1. */
const colours = ({ mean, std }: Preprocessing) => `image_mean=[${mean.join(', ')}], image_std=[${std.join(', ')}]`;

/**
 * The lines that load the weights under torchvision's names; with a detector of torchvision where the network suits
 * one.
 */
export function weightSnippets(config: RunConfig, preprocessing: Preprocessing): Snippet[] {
  const { backbone } = config;
  const { name } = backbone;
  const channels = channelsOf(config);
  if (!isStandardNetwork(config))
    return [
      {
        language: 'python',
        code: `\
from load import load_encoder  # load.py lies beside the weights: torchvision has no network of this shape

encoder = load_encoder()
embedding = encoder(pixels)  # pixels as config.json's pretrained_cfg says, [N, ${channels}, H, W]
`,
      },
      // The other stems reduce the photo less, so a detector on top of it would need anchors and memory of its own.
      ...(backbone.stem === 'imagenet' && channels === 3 ? [narrowDetector(backbone, preprocessing)] : []),
    ];
  return [
    {
      language: 'python',
      code: `\
# torchvision
import torch, torchvision
from safetensors.torch import load_file

encoder = torchvision.models.${name}()
encoder.fc = torch.nn.Identity()
encoder.load_state_dict(load_file("model.safetensors"), strict=True)
encoder.eval()
`,
    },
    {
      language: 'python',
      code: `\
# timm, from this folder with its config.json
import timm

encoder = timm.create_model("local-dir:.", pretrained=True).eval()
transform = timm.data.create_transform(**timm.data.resolve_data_config(model=encoder))
`,
    },
    {
      language: 'python',
      code: `\
# a detector in torchvision that starts from it; it takes RGB photos from 0 to 1
from safetensors.torch import load_file
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone

backbone = resnet_fpn_backbone(backbone_name="${name}", weights=None, trainable_layers=5)
backbone.body.load_state_dict(load_file("model.safetensors"), strict=True)
detector = FasterRCNN(backbone, num_classes=91, ${colours(preprocessing)})  # your classes and the background
`,
    },
  ];
}

const narrowDetector = ({ name }: RunConfig['backbone'], preprocessing: Preprocessing): Snippet => ({
  language: 'python',
  code: `\
# a detector in torchvision that starts from it; it takes RGB photos from 0 to 1
from load import load_encoder
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.backbone_utils import BackboneWithFPN

net = load_encoder()
stages = [f"layer{i}" for i in (1, 2, 3, 4)]
channels = [net.get_submodule(stage)[-1].${name === 'resnet50' ? 'bn3' : 'bn2'}.num_features for stage in stages]
backbone = BackboneWithFPN(net, {stage: str(i) for i, stage in enumerate(stages)}, channels, out_channels=256)
detector = FasterRCNN(backbone, num_classes=91, ${colours(preprocessing)})  # your classes and the background
`,
});
