/**
 * Backbones as data: a ResNet (He et al. 2015) as torchvision names and builds it is one list of layers, and the
 * engine's graph, the cost and the shapes of the parameters are read from it. 18 and 34 are
 * of basic blocks, 50 of bottlenecks with the stride on the 3x3. `width` multiplies every channel count (to multiples
 * of 8). The imagenet stem leaves a quarter of the image's side, the small one, a 3x3 convolution of stride 2, half, the
 * cifar one, of stride 1, all of it. There is no classifier.
 */
import type { RunConfig } from './config.ts';

/** What batch normalisation adds to a variance, as PyTorch does unless told. */
export const BATCH_NORM_EPS = 1e-5;

/** What of its settings a network is made by. */
export type BackboneConfig = Pick<RunConfig['backbone'], 'name' | 'width' | 'stem'>;

/** A convolution padded by half its kernel, with batch normalisation behind it. */
export interface Convolution {
  kind: 'convolution';
  /** Name of its weight, without the '.weight' that follows. */
  name: string;
  /** Name of the normalisation's parameters and running statistics, without what follows the last dot. */
  norm: string;
  input: number;
  output: number;
  kernel: number;
  stride: number;
}

/** A maximum over windows, padded by half of them. */
export interface Pool {
  kind: 'pool';
  kernel: number;
  stride: number;
}

/** What `body` makes of its input, plus the input itself or what `shortcut` makes of it where the shape changes. */
export interface Residual {
  kind: 'residual';
  body: readonly Convolution[];
  shortcut: Convolution | null;
}

/** ReLU follows each convolution but a shortcut's, in a residual the last one's after the sum. */
export type Layer = Convolution | Pool | Residual;

const ARCHITECTURES = {
  resnet18: { blocks: [2, 2, 2, 2], bottleneck: false },
  resnet34: { blocks: [3, 4, 6, 3], bottleneck: false },
  resnet50: { blocks: [3, 4, 6, 3], bottleneck: true },
} as const satisfies Record<BackboneConfig['name'], object>;

const BOTTLENECK_EXPANSION = 4;

/** Channels of stage i (0 to 3): 64, 128, 256, 512 times the width, to a multiple of 8. */
const stageChannels = (width: number, stage: number): number =>
  Math.max(8, Math.round((64 * 2 ** stage * width) / 8) * 8);

/** What photos have: red, green and blue. */
const COLOURS = 3;

/** The layers from the image, of so many channels, to the map that is pooled to features. */
export function backboneLayers({ name, width, stem }: BackboneConfig, imageChannels = COLOURS): Layer[] {
  const { blocks, bottleneck } = ARCHITECTURES[name];
  let input = stageChannels(width, 0);
  const layers = stemLayers(stem, imageChannels, input);
  blocks.forEach((count, stage) => {
    const channels = stageChannels(width, stage);
    const output = bottleneck ? BOTTLENECK_EXPANSION * channels : channels;
    for (let i = 0; i < count; i++) {
      const path = `layer${stage + 1}.${i}`;
      const stride = stage > 0 && i === 0 ? 2 : 1;
      const [from, part] = [input, (n: number) => [`${path}.conv${n}`, `${path}.bn${n}`] as const];
      layers.push({
        kind: 'residual',
        body: bottleneck
          ? [
              convolution(...part(1), from, channels, 1),
              convolution(...part(2), channels, channels, 3, stride),
              convolution(...part(3), channels, output, 1),
            ]
          : [convolution(...part(1), from, channels, 3, stride), convolution(...part(2), channels, output, 3)],
        shortcut:
          stride > 1 || from !== output
            ? convolution(`${path}.downsample.0`, `${path}.downsample.1`, from, output, 1, stride)
            : null,
      });
      input = output;
    }
  });
  return layers;
}

function stemLayers(stem: BackboneConfig['stem'], input: number, output: number): Layer[] {
  switch (stem) {
    case 'imagenet':
      return [convolution('conv1', 'bn1', input, output, 7, 2), { kind: 'pool', kernel: 3, stride: 2 }];
    case 'small':
      return [convolution('conv1', 'bn1', input, output, 3, 2)];
    case 'cifar':
      return [convolution('conv1', 'bn1', input, output, 3)];
  }
}

const convolution = (
  name: string,
  norm: string,
  input: number,
  output: number,
  kernel: number,
  stride = 1,
): Convolution => ({ kind: 'convolution', name, norm, input, output, kernel, stride });

/** Number D of pooled features. */
export const backboneDim = (config: BackboneConfig): number => convolutionsOf(config).at(-1)!.output;

/** The stage that a layer belongs to, 1 to 4; 0: the stem. */
export const stageOf = (layer: Layer): number =>
  layer.kind === 'residual' ? Number(/^layer(\d)\./.exec(layer.body[0]!.name)![1]) : 0;

/** Numbers of the third and the fourth stage together, each pooled. */
export const lateStagesDim = (config: BackboneConfig): number => {
  const ends = backboneLayers(config).filter((layer) => layer.kind === 'residual');
  const third = ends.filter((layer) => stageOf(layer) === 3).at(-1)!;
  return third.body.at(-1)!.output + backboneDim(config);
};

/** Side of the feature map that is pooled, in positions, for square images of `side` pixels. */
export const finalSide = (config: BackboneConfig, side: number): number =>
  backboneLayers(config).reduce((at, layer) => Math.ceil(at / strideOf(layer)), side);

/** What `layer` divides the side of a map by. */
const strideOf = (layer: Layer): number =>
  layer.kind === 'residual' ? layer.body.reduce((stride, part) => stride * part.stride, 1) : layer.stride;

/**
 * All convolutions in order of computation, but a shortcut's before those of its residual: the last gives the features.
 */
const convolutionsOf = (config: BackboneConfig, channels = COLOURS): Convolution[] =>
  backboneLayers(config, channels).flatMap((layer) => {
    if (layer.kind === 'residual') return [...(layer.shortcut ? [layer.shortcut] : []), ...layer.body];
    return layer.kind === 'convolution' ? [layer] : [];
  });

type Shape = readonly number[];

/** Shapes of all parameters and running statistics, by their names in torchvision. */
export function backboneShapes(config: BackboneConfig, channels = COLOURS): Map<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (const { name, norm, input, output, kernel } of convolutionsOf(config, channels)) {
    shapes.set(`${name}.weight`, [output, input, kernel, kernel]);
    for (const part of ['weight', 'bias', 'running_mean', 'running_var']) shapes.set(`${norm}.${part}`, [output]);
  }
  return shapes;
}

/**
 * Cost of one square image of `side` pixels, forward: trained parameters, multiply-adds, and numbers left for the
 * backward pass.
 */
export function backboneCost(
  config: BackboneConfig,
  side: number,
  channels = COLOURS,
): { parameters: number; macs: number; activations: number } {
  const cost = { parameters: 0, macs: 0, activations: 0 };
  const count = ({ input, output, kernel, stride }: Convolution, from: number): number => {
    const to = Math.ceil(from / stride);
    const weights = kernel ** 2 * input * output;
    cost.parameters += weights + 2 * output;
    cost.macs += weights * to ** 2;
    cost.activations += 2 * output * to ** 2; // what went into the convolution and into its batch normalisation
    return to;
  };
  let at = side;
  for (const layer of backboneLayers(config, channels)) {
    if (layer.kind === 'residual') {
      if (layer.shortcut) count(layer.shortcut, at);
      at = layer.body.reduce((from, part) => count(part, from), at);
    } else at = layer.kind === 'convolution' ? count(layer, at) : Math.ceil(at / layer.stride);
  }
  return cost;
}
