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
  /** Under which it is kept, where others give files of that name too. */
  keptAs?: string;
  page: string;
  /** Where the file itself lies, for good; null where its publisher gives no such address, or no sum. */
  address: string | null;
  licence: string;
  /** The same in parts: the licence's name, whether it allows commercial use, whether labels were trained with. */
  terms: Terms;
  /** About how many megabytes. */
  megabytes: number | null;
  /** In hexadecimal digits, as several who fetched it state it; of PyTorch's own the first eight stand in its name. */
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

/** PyTorch's own: the sum begins the name. */
const torchvision = (name: BackboneConfig['name'], megabytes: number, sha256: string): KnownWeights => ({
  id: `torchvision-${name}`,
  name: `torchvision ${name}`,
  network: standard(name),
  file: `${name}-${sha256.slice(0, 8)}.pth`,
  page: `https://pytorch.org/vision/stable/models/generated/torchvision.models.${name}.html`,
  ...licensed('BSD-3-Clause (torchvision)', true),
  address: `https://download.pytorch.org/models/${name}-${sha256.slice(0, 8)}.pth`,
  megabytes,
  sha256,
});

export const knownWeights: readonly KnownWeights[] = [
  torchvision('resnet18', 47, 'f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec'),
  torchvision('resnet34', 87, 'b627a593bcbe140c234610266fe4f8ae95ea42fc881d091c9b6052e6b1d0590f'),
  torchvision('resnet50', 103, '11ad3fa62ca79e40addfd354a8ec4b7c75143b3038b8d2a807fbc68deab379ca'),
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
    keptAs: 'vicreg-resnet50.pth',
    page: 'https://github.com/facebookresearch/vicreg',
    address: 'https://dl.fbaipublicfiles.com/vicreg/resnet50.pth',
    ...licensed('MIT', false),
    megabytes: 94,
    sha256: 'c843e7652491ff2f712734619fd74d85e5e92ac902615665ad3fd50dc6ada591',
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
  const says = (name: string) => !/^(model|resnet50|checkpoint_\d+)\./.test(name);
  const found = knownWeights.filter((one) => one.keptAs === file || (one.file === file && says(file)));
  return found.length === 1 ? found[0]! : null;
};
