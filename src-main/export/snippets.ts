/** The lines that load each exported file in the programs people use, for the model card and the window. */
import type { RunConfig } from '../../shared/config.ts';
import type { Preprocessing } from './preprocessing.ts';
import type { EmbeddingFormat } from './table.ts';

export interface Snippet {
  format: string;
  language: string;
  code: string;
}

/** Whether torchvision and timm have this very network: full width, ImageNet stem. */
export const isStandard = ({ backbone }: Pick<RunConfig, 'backbone'>): boolean =>
  backbone.width === 1 && backbone.stem === 'imagenet';

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

export function weightSnippets(config: RunConfig): Snippet[] {
  const { name } = config.backbone;
  if (!isStandard(config))
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
# a detector in torchvision that starts from it
import torch, torchvision
from safetensors.torch import load_file
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.backbone_utils import _resnet_fpn_extractor

net = torchvision.models.${name}(norm_layer=torchvision.ops.FrozenBatchNorm2d)
weights = {k: v for k, v in load_file("model.safetensors").items() if "num_batches" not in k}
net.load_state_dict(weights, strict=False)
detector = FasterRCNN(_resnet_fpn_extractor(net, trainable_layers=5), num_classes=91)
`,
    },
  ];
}

const EMBEDDINGS: Record<EmbeddingFormat, [language: string, code: string][]> = {
  npy: [
    ['python', 'import numpy as np, pandas as pd\n\nembeddings = np.load("embeddings.npy")  # [n, D] float32\nimages = pd.read_csv("images.csv", dtype={"id": str, "label": str})  # row i names embeddings[i]\n'],
  ],
  csv: [['python', 'import pandas as pd\n\ntable = pd.read_csv("embeddings.csv", dtype={"id": str, "label": str})\nembeddings = table.filter(regex=r"^e\\d+$").to_numpy("float32")\n']],
  parquet: [
    ['python', 'import numpy as np, pandas as pd\n\ntable = pd.read_parquet("embeddings.parquet")\nembeddings = np.stack(table["embedding"])\n'],
    ['sql', "-- DuckDB\nSELECT name, label, embedding FROM 'embeddings.parquet';\n"],
  ],
  projector: [['shell', 'tensorboard --logdir projector   # or load tensors.tsv and metadata.tsv at projector.tensorflow.org\n']],
};

export const embeddingSnippets = (format: EmbeddingFormat): Snippet[] =>
  EMBEDDINGS[format].map(([language, code]) => ({ format, language, code }));
