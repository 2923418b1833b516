/**
 * What the names in a file of weights mean: a ResNet as torchvision and timm name it (conv1.weight, layer1.0.bn1.bias,
 * ...), under a prefix that whoever trained it put in front. Families are a table; loading is strict: the network has
 * every tensor that the settings ask for, in its shape, and no other layer. What the encoder is not made of (classifier,
 * heads, queues, the optimizer) is left out.
 */
import { backboneShapes } from './backbone.ts';
import type { BackboneConfig } from './backbone.ts';
import { KeyedError } from './errors.ts';
import type { KeyOf } from './errors.ts';

type Shape = readonly number[];
/** Shapes by name. */
export type Shapes = ReadonlyMap<string, Shape>;

/** Given weights do not fit the configured backbone. */
export class WeightsError<Key extends KeyOf<'bad-weights'> = KeyOf<'bad-weights'>> extends KeyedError<Key> {
  override readonly name = 'WeightsError';
}

interface Family {
  /** As people call it. */
  name: string;
  /** What stands in front of the encoder's names; the keys of nested dictionaries are part of it. */
  prefix: RegExp;
}

/** What PyTorch puts around a network, wherever it stands in a prefix: DataParallel, and torch.compile. */
const unwrapped = (prefix: string): string => prefix.replace(/(?<=^|\.)(?:module|_orig_mod)\./g, '');

/** Where trainers put what they save, in front of which a family's own prefix stands. */
const SAVED = '(?:(?:state_dict|model|model_state|model_state_dict|net|network)\\.)*';
const under = (prefix: string): RegExp => new RegExp(`^${SAVED}${prefix}$`);

/** In order: of a file that has several encoders the first that is named here is meant. */
const families: readonly Family[] = [
  { name: 'Lookalike', prefix: /^backbone\.$/ },
  { name: 'ONNX', prefix: /^onnx\.$/ },
  { name: 'MoCo', prefix: under('encoder_q\\.') },
  { name: 'MoCo v3', prefix: under('base_encoder\\.') },
  // The teacher is what DINO's authors evaluate.
  { name: 'DINO', prefix: under('teacher\\.(?:backbone\\.)?') },
  { name: 'DINO, the student', prefix: under('student\\.(?:backbone\\.)?') },
  { name: 'BYOL', prefix: under('(?:online_encoder\\.net|online_network|online_net|online_encoder)\\.') },
  { name: 'SimSiam', prefix: under('encoder\\.') },
  { name: 'VISSL', prefix: /^classy_state_dict\.base_model\.model\.trunk\.(?:base_model\.)?_feature_blocks\.$/ },
  { name: 'VISSL', prefix: under('(?:trunk\\.)?_feature_blocks\\.') },
  { name: 'backbone', prefix: under('backbone\\.') },
  // timm saves the average of the weights beside them, and evaluates it; so do others, by names of their own.
  { name: 'timm', prefix: /^(?:state_dict_ema|model_ema)\.$/ },
  { name: 'averaged weights', prefix: under('(?:ema|ema_model|ema_state_dict|model_ema_state_dict)\\.(?:model\\.)?') },
  { name: 'torchvision or timm', prefix: under('') },
];

/** SwAV's file is a plain network under DataParallel; its head tells it. */
const isSwav = (given: Shapes): boolean =>
  [...given.keys()].some((name) => /^(?:state_dict\.)?(?:prototypes|projection_head)\./.test(unwrapped(name)));

/** What the encoder is made of, without the counters of batch normalisation, which nothing here uses. */
const OWN = /^(?:conv1|bn1|layer\d+)\.(?!.*num_batches_tracked$)/;

/** Some write out a shortcut for what torchvision calls downsample. */
const torchvisionName = (name: string): string => name.replace('.shortcut.', '.downsample.');

export interface Encoder {
  family: string;
  /** Each tensor of the encoder by torchvision's name, with the name that the file has for it. */
  names: Map<string, string>;
  shapes: Shapes;
}

/** The encoder in a file. @throws WeightsError where there is none, or several of which none is known to be meant */
export function encoderIn(given: Shapes): Encoder {
  const prefixes = [...given.keys()]
    .filter((name) => name.endsWith('conv1.weight'))
    .map((name) => name.slice(0, -'conv1.weight'.length))
    .filter((prefix) => given.has(`${prefix}layer1.0.conv1.weight`));
  const known = families
    .map(({ name, prefix }) => ({ name, prefix: prefixes.find((own) => prefix.test(unwrapped(own))) }))
    .find((family) => family.prefix !== undefined);
  if (!known && prefixes.length > 1)
    throw new WeightsError('bad-weights.several', { prefixes: prefixes.slice(0, 5).join(', ') });
  const prefix = known?.prefix ?? prefixes[0];
  if (prefix === undefined) throw new WeightsError('bad-weights.foreign');
  const names = new Map<string, string>();
  for (const name of given.keys()) {
    const own = name.slice(prefix.length);
    if (name.startsWith(prefix) && OWN.test(own)) names.set(torchvisionName(own), name);
  }
  const family = known?.name === 'torchvision or timm' && isSwav(given) ? 'SwAV' : (known?.name ?? prefix);
  return { family, names, shapes: new Map([...names].map(([own, name]) => [own, given.get(name)!])) };
}

/** A network that weights are of: a stem of 3x3 does not say its stride. */
export interface KnownNetwork {
  name: BackboneConfig['name'];
  width: number;
  stems: readonly BackboneConfig['stem'][];
  /** Of its images. */
  channels: number;
}

const isSame = (a: Shapes, b: Shapes): boolean =>
  a.size === b.size && [...a].every(([name, shape]) => b.get(name)?.join() === shape.join());

const stemsOf = (kernel: number | undefined): readonly BackboneConfig['stem'][] =>
  kernel === 7 ? ['imagenet'] : kernel === 3 ? ['cifar', 'small'] : [];

/** The network of these shapes; null where it is none that can be set. */
export function networkOf(shapes: Shapes): KnownNetwork | null {
  const [, channels = 0, kernel] = shapes.get('conv1.weight') ?? [];
  const stems = stemsOf(kernel);
  // Channels are rounded to multiples of 8: the most of them say the width best.
  const width = (shapes.get('layer4.0.conv1.weight')?.[0] ?? 0) / 512;
  const [stem] = stems;
  if (!stem || channels < 1 || width < 0.125 || width > 2) return null;
  for (const name of ['resnet18', 'resnet34', 'resnet50'] as const)
    if (isSame(shapes, backboneShapes({ name, width, stem }, channels))) return { name, width, stems, channels };
  return null;
}

/** As settings that begin with these weights: the stem that was chosen, where it can be that one. */
export const settingsOf = ({ name, width, stems }: KnownNetwork, chosen: BackboneConfig['stem']): BackboneConfig => ({
  name,
  width,
  stem: stems.includes(chosen) ? chosen : stems[0]!,
});

export interface Fit {
  family: string;
  /** The backbone's tensor names, each with the name that the given weights have for it. */
  loaded: Map<string, string>;
  /** Given tensors that are not of the encoder. */
  leftOut: number;
}

/** Weights of the first convolution whose image has another number of channels: spreadStem makes them fit. */
const isOtherStem = (name: string, given: Shape, own: Shape): boolean =>
  name === 'conv1.weight' && given.length === 4 && [0, 2, 3].every((axis) => given[axis] === own[axis]);

/**
 * How given weights fit a backbone of `shapes`: every tensor of it is there in its shape, but that the first convolution
 * may be of another number of channels.
 * @throws WeightsError naming what it cannot take, with the settings that fit, or saying that there is no encoder
 */
export function fitWeights(given: Shapes, shapes: Shapes): Fit {
  const { family, names, shapes: found } = encoderIn(given);
  const list = (shape: Shape) => `[${shape.join(', ')}]`;
  for (const [own, expected] of shapes) {
    const shape = found.get(own);
    if (shape?.join() === expected.join() || (shape && isOtherStem(own, shape, expected))) continue;
    refuseOther(found);
    const name = names.get(own) ?? own;
    if (!shape) throw new WeightsError('bad-weights.missing', { tensor: own, family });
    throw new WeightsError('bad-weights.misfit', { tensor: name, given: list(shape), own: list(expected) });
  }
  const more = [...found.keys()].find((own) => !shapes.has(own));
  if (more !== undefined) {
    refuseOther(found);
    throw new WeightsError('bad-weights.unexpected', { tensor: names.get(more)! });
  }
  return { family, loaded: names, leftOut: given.size - names.size };
}

/** Says which network the weights are of, where that is one that can be set. */
function refuseOther(found: Shapes): void {
  const network = networkOf(found);
  if (!network) return;
  const { name, width, stems } = network;
  throw new WeightsError('bad-weights.network', { name, width, stem: stems.join(' / ') });
}

/**
 * Weights of a first convolution [O, I, k, k] for images of other channels, [O, C, k, k]: each band gets the mean of the
 * given ones, times I / C, so that what it gives keeps its size. @param given the numbers of [O, I, k, k]
 */
export function spreadStem(given: Float32Array, [output, input, height, width]: Shape, channels: number): Float32Array {
  const taps = height! * width!;
  const out = new Float32Array(output! * channels * taps);
  for (let o = 0; o < output!; o++)
    for (let t = 0; t < taps; t++) {
      let sum = 0;
      for (let i = 0; i < input!; i++) sum += given[(o * input! + i) * taps + t]!;
      for (let c = 0; c < channels; c++) out[(o * channels + c) * taps + t] = sum / channels;
    }
  return out;
}
