/** ResNets as ONNX files of exporters have them: no layer has its name, a classifier is behind them. */
import { backboneLayers } from '../../shared/backbone.ts';
import type { BackboneConfig, Convolution } from '../../shared/backbone.ts';
import { encodeModel } from '../../src-main/engine/index.ts';
import type { OnnxNode } from '../../src-main/engine/index.ts';
import { Model } from '../../src-main/engine/onnx/proto.ts';
import { elementType } from '../../src-main/engine/onnx/schema.ts';
import type { OnnxInitializer } from '../../src-main/engine/onnx/schema.ts';
import { seeded } from '../faults/random.ts';

export interface Form {
  /** Of its normalisations; where it is not given they are folded into the convolutions. */
  epsilon?: number;
  half?: boolean;
  activation?: string;
  group?: number;
  /** Whether the first convolution of a block has its stride. */
  early?: boolean;
  /** Kind of its numbers, whatever they are. */
  type?: number;
}

/** Outputs of the file: what the classifier is given, and what the first convolution gives. */
export interface OnnxNetwork {
  bytes: Uint8Array;
  pooled: string;
  first: string;
}

export function onnxNetwork(backbone: BackboneConfig, form: Form = {}): OnnxNetwork {
  const { epsilon, half = false, activation = 'Relu', group = 1, early = false } = form;
  const random = seeded(JSON.stringify(backbone));
  const nodes: OnnxNode[] = [];
  const initializers: OnnxInitializer[] = [];
  const constant = (shape: number[], low: number, high: number): string => {
    const length = shape.reduce((product, size) => product * size, 1);
    const floats = Float32Array.from({ length }, () => low + (high - low) * random());
    const numbers = half ? Float16Array.from(floats) : floats;
    const type = form.type ?? (half ? elementType.float16 : elementType.float);
    initializers.push({ name: `w${initializers.length}`, type, shape, bytes: new Uint8Array(numbers.buffer) });
    return `w${initializers.length - 1}`;
  };
  const node = (opType: string, inputs: string[], attributes: OnnxNode['attributes'] = {}): string => {
    nodes.push({ opType, inputs, outputs: [`t${nodes.length}`], attributes });
    return `t${nodes.length - 1}`;
  };
  const convolved = ({ input, output, kernel, stride }: Convolution, x: string, strideHere = stride): string => {
    const bound = Math.sqrt(6 / (input * kernel * kernel));
    const weight = constant([output, input / group, kernel, kernel], -bound, bound);
    const pad = (kernel - 1) / 2;
    const shape = { kernel_shape: [kernel, kernel], strides: [strideHere, strideHere], pads: [pad, pad, pad, pad] };
    if (epsilon === undefined) return node('Conv', [x, weight, constant([output], -0.3, 0.3)], { ...shape, group });
    const z = node('Conv', [x, weight], { ...shape, group });
    const [scale, shift] = [constant([output], 0.5, 1.5), constant([output], -0.3, 0.3)];
    const [mean, variance] = [constant([output], -0.2, 0.2), constant([output], 0.1, 1)];
    return node('BatchNormalization', [z, scale, shift, mean, variance], { epsilon: { float: epsilon } });
  };
  let x = 'picture';
  for (const layer of backboneLayers(backbone))
    if (layer.kind === 'convolution') x = node(activation, [convolved(layer, x)]);
    else if (layer.kind === 'pool')
      x = node('MaxPool', [x], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
    else {
      const { body, shortcut } = layer;
      const whole = Math.max(...body.map(({ stride }) => stride));
      const strideOf = (i: number) => (early ? (i === 0 ? whole : 1) : body[i]!.stride);
      const y = body.reduce((z, part, i) => convolved(part, i === 0 ? z : node(activation, [z]), strideOf(i)), x);
      x = node(activation, [node('Add', [y, shortcut ? convolved(shortcut, x) : x])]);
    }
  const pooled = node('Flatten', [node('GlobalAveragePool', [x])], { axis: 1 });
  const logits = node('Gemm', [pooled, constant([backboneLayers(backbone).length, 4], -1, 1)]);
  const first = nodes[0]!.outputs[0]!;
  const outputs = [
    { name: pooled, shape: ['n', 'features'] },
    { name: first, shape: ['n', 'channels', 'height', 'width'] },
  ];
  nodes.splice(
    nodes.findIndex((each) => each.outputs[0] === logits),
    1,
  ); // only its weights are wanted
  const inputs = [{ name: 'picture', shape: ['n', 3, 'h', 'w'] }];
  return { bytes: encodeModel({ name: 'network', nodes, initializers, inputs, outputs }), pooled, first };
}

/** The same file with its weights in one beside it, as newer exporters of PyTorch write it. */
export function withWeightsBeside(bytes: Uint8Array, file: string): { bytes: Uint8Array; weights: Uint8Array } {
  const model = Model.decode(bytes) as unknown as { graph: { initializer: Record<string, unknown>[] } };
  const parts: Uint8Array[] = [];
  let offset = 0;
  model.graph.initializer = model.graph.initializer.map(({ rawData, ...tensor }) => {
    const raw = rawData as Uint8Array;
    const place = { location: file, offset: String(offset), length: String(raw.length) };
    parts.push(raw);
    offset += raw.length;
    const externalData = Object.entries(place).map(([key, value]) => ({ key, value }));
    return { ...tensor, externalData, dataLocation: 1 };
  });
  return { bytes: Model.encode(model).finish(), weights: Buffer.concat(parts) };
}
