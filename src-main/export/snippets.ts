/** The lines that load each exported file in the programs people use, for the model card and the window. */
import type { RunConfig } from '../../shared/config.ts';
import { isStandardResNet } from '../../shared/exports.ts';
import type { EmbeddingFormat } from '../../shared/exports.ts';
import { DETECTRON2_FILE } from './detectron2.ts';
import type { Preprocessing } from './preprocessing.ts';

export interface Snippet {
  format: string;
  language: string;
  code: string;
}

const prepare = ({ resize_short_side: short, image_size: size, mean, std }: Preprocessing): string => `\
photo = ImageOps.exif_transpose(Image.open("photo.jpg"))
if profile := photo.info.get("icc_profile"):  # colours as they look, not as they are stored
    photo = ImageCms.profileToProfile(photo, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB")
photo = photo.convert("RGB")
width, height = (${short} if side == min(photo.size) else int(${short} * side / min(photo.size)) for side in photo.size)
photo = photo.resize((width, height), Image.BILINEAR)
left, top = round((width - ${size}) / 2), round((height - ${size}) / 2)
photo = photo.crop((left, top, left + ${size}, top + ${size}))
pixels = (np.asarray(photo, np.float32) / 255 - np.float32([${mean.join(', ')}])) / np.float32([${std.join(', ')}])
pixels = pixels.transpose(2, 0, 1)[None]  # [1, 3, ${size}, ${size}]
`;

export const onnxSnippet = (preprocessing: Preprocessing): Snippet => ({
  format: 'onnx',
  language: 'python',
  code: `\
import io

import numpy as np
import onnxruntime
from PIL import Image, ImageCms, ImageOps

${prepare(preprocessing)}
session = onnxruntime.InferenceSession("encoder.onnx")
embedding = session.run(["embedding"], {"pixel_values": pixels})[0]  # [1, D]
`,
});

/** The colours a detector is to feed it, as its settings take them: RGB from 0 to 1, channels' means and deviations. */
const colours = ({ mean, std }: Preprocessing) => `image_mean=[${mean.join(', ')}], image_std=[${std.join(', ')}]`;

/** Weights under torchvision's names; with a detector of torchvision where the network suits one. */
export function weightSnippets({ backbone }: RunConfig, preprocessing: Preprocessing): Snippet[] {
  const { name } = backbone;
  if (!isStandardResNet(backbone))
    return [
      {
        format: 'safetensors',
        language: 'python',
        code: `\
from load import load_encoder  # load.py lies beside the weights: torchvision has no network of this shape

encoder = load_encoder()
embedding = encoder(pixels)  # pixels as config.json's pretrained_cfg says, [N, 3, H, W]
`,
      },
      // The cifar stem does not reduce the photo, so a detector on top of it would need anchors and memory of its own.
      ...(backbone.stem === 'imagenet' ? [narrowDetector(backbone, preprocessing)] : []),
    ];
  return [
    {
      format: 'safetensors',
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
      format: 'safetensors',
      language: 'python',
      code: `\
# timm, from this folder with its config.json
import timm

encoder = timm.create_model("local-dir:.", pretrained=True).eval()
transform = timm.data.create_transform(**timm.data.resolve_data_config(model=encoder))
`,
    },
    {
      format: 'safetensors',
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
  format: 'safetensors',
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

/** A configuration of Detectron2: its defaults are for weights of another origin, in BGR and with other strides. */
export function detectron2Snippet({ backbone }: RunConfig, { mean, std }: Preprocessing): Snippet {
  const depth = Number(backbone.name.replace('resnet', ''));
  const of255 = (values: number[]) => `[${values.map((value) => Number((255 * value).toFixed(3))).join(', ')}]`;
  return {
    format: 'detectron2',
    language: 'python',
    code: `\
# a detector in Detectron2 that starts from it
from detectron2 import model_zoo
from detectron2.config import get_cfg
from detectron2.engine import DefaultTrainer

cfg = get_cfg()
cfg.merge_from_file(model_zoo.get_config_file("COCO-Detection/faster_rcnn_R_50_FPN_3x.yaml"))
cfg.MODEL.WEIGHTS = "${DETECTRON2_FILE}"
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

const EMBEDDINGS: Record<EmbeddingFormat, [language: string, code: string][]> = {
  npy: [
    [
      'python',
      'import numpy as np, pandas as pd\n\nembeddings = np.load("embeddings.npy")  # [n, D] float32\nimages = pd.read_csv("images.csv", dtype={"id": str, "label": str})  # row i names embeddings[i]\n',
    ],
  ],
  csv: [
    [
      'python',
      'import pandas as pd\n\ntable = pd.read_csv("embeddings.csv", dtype={"id": str, "label": str})\nembeddings = table.filter(regex=r"^e\\d+$").to_numpy("float32")\n',
    ],
  ],
  parquet: [
    [
      'python',
      'import numpy as np, pandas as pd\n\ntable = pd.read_parquet("embeddings.parquet")\nembeddings = np.stack(table["embedding"])\n',
    ],
    ['sql', "-- DuckDB\nSELECT name, label, embedding FROM 'embeddings.parquet';\n"],
  ],
  projector: [
    ['shell', 'tensorboard --logdir projector   # or load tensors.tsv and metadata.tsv at projector.tensorflow.org\n'],
  ],
};

export const embeddingSnippets = (format: EmbeddingFormat): Snippet[] =>
  EMBEDDINGS[format].map(([language, code]) => ({ format, language, code }));
