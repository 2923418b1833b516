/**
 * Known weights that a person can fetch for themselves, each with its page: what a run can start from. Facts are the
 * publishers' own; what is not stated by them is not stated here (bytes, sum: null). A page opens in the person's own
 * browser. What has one address and a sum to check it by is fetched by the application when it is asked to, and nothing
 * else is.
 */
import type { BackboneConfig } from './backbone.ts';

interface Terms {
  licence: string;
  isCommercial: boolean;
  isLabelled: boolean;
}

export interface KnownWeights {
  id: string;
  /** As its publisher calls it. */
  name: string;
  network: BackboneConfig;
  /** Name of the file that its page gives. */
  file: string;
  page: string;
  /** Where the file itself lies, for good; null where its publisher gives no such address, or no sum. */
  address: string | null;
  licence: string;
  /** The same in parts: the licence's name, whether it allows commercial use, whether labels were trained with. */
  terms: Terms;
  /** About how many megabytes, from its parameters. */
  megabytes: number | null;
  /** First digits of its SHA-256: PyTorch writes them into the file's name. */
  sha256: string | null;
}

function licensed(licence: string, isLabelled: boolean, isCommercial = true): Pick<KnownWeights, 'licence' | 'terms'> {
  const use = isCommercial ? ',' : ': not for commercial use;';
  return {
    licence: `${licence}${use} trained on ImageNet ${isLabelled ? 'with' : 'without'} labels`,
    terms: { licence, isCommercial, isLabelled },
  };
}

const standard = (name: BackboneConfig['name']): KnownWeights['network'] => ({ name, width: 1, stem: 'imagenet' });

/** PyTorch's own: the sum stands in the name. */
const torchvision = (name: BackboneConfig['name'], sha256: string, megabytes: number): KnownWeights => ({
  id: `torchvision-${name}`,
  name: `torchvision ${name}`,
  network: standard(name),
  file: `${name}-${sha256}.pth`,
  page: `https://pytorch.org/vision/stable/models/generated/torchvision.models.${name}.html`,
  ...licensed('BSD-3-Clause (torchvision)', true),
  address: `https://download.pytorch.org/models/${name}-${sha256}.pth`,
  megabytes,
  sha256,
});

export const knownWeights: readonly KnownWeights[] = [
  torchvision('resnet18', 'f37072fd', 47),
  torchvision('resnet34', 'b627a593', 87),
  torchvision('resnet50', '11ad3fa6', 102),
  {
    id: 'timm-resnet18',
    name: 'timm resnet18.a1_in1k',
    network: standard('resnet18'),
    file: 'model.safetensors',
    page: 'https://huggingface.co/timm/resnet18.a1_in1k',
    address: null,
    ...licensed('Apache-2.0', true),
    megabytes: 47,
    sha256: null,
  },
  {
    id: 'timm-resnet50',
    name: 'timm resnet50.a1_in1k',
    network: standard('resnet50'),
    file: 'model.safetensors',
    page: 'https://huggingface.co/timm/resnet50.a1_in1k',
    address: null,
    ...licensed('Apache-2.0', true),
    megabytes: 102,
    sha256: null,
  },
  {
    id: 'vicreg-resnet50',
    name: 'VICReg ResNet-50',
    network: standard('resnet50'),
    file: 'resnet50.pth',
    page: 'https://github.com/facebookresearch/vicreg',
    address: null,
    ...licensed('MIT', false),
    megabytes: 94,
    sha256: null,
  },
  {
    id: 'simsiam-resnet50',
    name: 'SimSiam ResNet-50',
    network: standard('resnet50'),
    file: 'checkpoint_0099.pth.tar',
    page: 'https://github.com/facebookresearch/simsiam',
    address: null,
    ...licensed('CC-BY-NC-4.0', false, false),
    megabytes: null,
    sha256: null,
  },
  {
    id: 'moco-resnet50',
    name: 'MoCo v2 ResNet-50',
    network: standard('resnet50'),
    file: 'moco_v2_800ep_pretrain.pth.tar',
    page: 'https://github.com/facebookresearch/moco',
    address: null,
    ...licensed('CC-BY-NC-4.0', false, false),
    megabytes: null,
    sha256: null,
  },
];

/** Names that say which weights a file is of; one that others use too says nothing. */
export const knownByFile = (file: string): KnownWeights | null => {
  const found = knownWeights.filter((one) => one.file === file && !/^(model|resnet50|checkpoint_\d+)\./.test(one.file));
  return found.length === 1 ? found[0]! : null;
};
