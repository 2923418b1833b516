/**
 * Which convolution of a graph is which of a ResNet, by how they follow each other: a stem, then blocks, each a chain
 * of two or three convolutions from one value beside which another convolution may stand, and their sum. Nothing else is
 * taken for one: other strides, groups or activations are another network.
 */
import { backboneLayers } from '../../shared/backbone.ts';
import type { BackboneConfig, Convolution, Residual } from '../../shared/backbone.ts';

/** A node of a graph, with those of its settings that are numbers. */
export interface OnnxNode {
  operator: string;
  inputs: string[];
  outputs: string[];
  settings: Map<string, number[]>;
}

/** Names of the constants that a convolution and its normalisation are made of. */
export interface Found {
  /** As in shared/backbone.ts. */
  name: string;
  norm: string;
  weight: string;
  bias: string | null;
  /** Null where it is folded into weight and bias. */
  normalisation: { scale: string; shift: string; mean: string; variance: string } | null;
  /** Of the normalisation. */
  epsilon: number;
}

/** What leaves a convolution's numbers as they are, up to what follows every convolution of a ResNet. */
const THROUGH = new Set(['Relu', 'Identity', 'Cast', 'BatchNormalization']);
/** What may be done to an image before the stem sees it. */
const BEFORE = new Set(['Identity', 'Cast', 'Sub', 'Div', 'Mul', 'Add', 'Transpose']);
const ONNX_EPSILON = 1e-5;

interface Step extends Omit<Found, 'name' | 'norm'> {
  node: OnnxNode;
  shape: readonly number[];
  /** The convolution that its input comes from through nothing but normalisation and ReLU; else the value it begins at. */
  from: Step | string;
}

/**
 * The convolutions of a ResNet-18, 34 or 50 by their names; null where the graph is of another network.
 * @param input name of the images; @param shapeOf shape of a constant by its name, undefined of what is none
 */
export function convolutionsIn(
  nodes: readonly OnnxNode[],
  input: string,
  shapeOf: (name: string) => readonly number[] | undefined,
): Found[] | null {
  const steps = stepsOf(nodes, shapeOf);
  const [stem, ...rest] = steps ?? [];
  if (!stem || typeof stem.from !== 'string' || !isImage(nodes, stem.from, input)) return null;
  const blocks = blocksOf(stem, rest);
  if (!blocks) return null;
  for (const name of ['resnet18', 'resnet34', 'resnet50'] as const) {
    const found = named(name, stem, blocks);
    if (found) return found;
  }
  return null;
}

/** Null where a convolution's weights are no constants, or it is of groups or holes. */
function stepsOf(nodes: readonly OnnxNode[], shapeOf: (name: string) => readonly number[] | undefined): Step[] | null {
  const madeBy = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  /** Exporters give a constant that occurs twice a second name by a node of its own. */
  const constant = (name: string | undefined): string | null => {
    if (name === undefined || name === '') return null;
    if (shapeOf(name)) return name;
    const node = madeBy.get(name);
    return node?.operator === 'Identity' ? constant(node.inputs[0]) : null;
  };
  const normalisedBy = new Map(
    nodes.filter(({ operator }) => operator === 'BatchNormalization').map((node) => [node.inputs[0]!, node]),
  );
  const steps = new Map<string, Step>();
  for (const node of nodes) {
    if (node.operator !== 'Conv') continue;
    const weight = constant(node.inputs[1]);
    const shape = weight === null ? undefined : shapeOf(weight);
    if (weight === null || shape?.length !== 4 || !isPlain(node)) return null;
    const norm = normalisedBy.get(node.outputs[0]!);
    const [scale, shift, mean, variance] = (norm?.inputs.slice(1) ?? []).map(constant);
    const normalisation = scale && shift && mean && variance ? { scale, shift, mean, variance } : null;
    const bias = constant(node.inputs[2]);
    // a bias before a normalisation that is kept would be a part of its mean; none of these networks has one
    if (norm ? !normalisation || bias !== null : node.inputs.length < 3 || bias === null) return null;
    let from = node.inputs[0]!;
    for (let before = madeBy.get(from); before && THROUGH.has(before.operator); before = madeBy.get(from))
      from = before.inputs[0]!;
    const source = steps.get(from) ?? from;
    const epsilon = norm?.settings.get('epsilon')?.[0] ?? ONNX_EPSILON;
    steps.set(node.outputs[0]!, { node, weight, bias, normalisation, epsilon, shape, from: source });
  }
  return [...steps.values()];
}

const isPlain = ({ settings }: OnnxNode): boolean =>
  (settings.get('group')?.[0] ?? 1) === 1 && (settings.get('dilations') ?? []).every((size) => size === 1);

/** Whether a value is the images themselves, or what a file does to them first. */
function isImage(nodes: readonly OnnxNode[], value: string, input: string): boolean {
  for (let name = value; ;) {
    if (name === input) return true;
    const node = nodes.find(({ outputs }) => outputs.includes(name));
    if (!node || !BEFORE.has(node.operator)) return false;
    name = node.inputs[0]!;
  }
}

interface Block {
  body: Step[];
  shortcut: Step | null;
}

/** Blocks in their order; null where convolutions follow each other in another way. */
function blocksOf(stem: Step, rest: readonly Step[]): Block[] | null {
  const next = new Map<Step, Step>();
  const begun = new Map<Step | string, Step[]>();
  for (const step of rest) {
    const { from } = step;
    if (typeof from === 'string' || from === stem) begun.set(from, [...(begun.get(from) ?? []), step]);
    else if (next.has(from)) return null;
    else next.set(from, step);
  }
  const blocks: Block[] = [];
  for (const heads of begun.values()) {
    const chains = heads.map((head) => {
      const chain: Step[] = [];
      for (let at: Step | undefined = head; at; at = next.get(at)) chain.push(at);
      return chain;
    });
    const bodies = chains.filter(({ length }) => length > 1);
    const shortcuts = chains.filter(({ length }) => length === 1);
    if (bodies.length !== 1 || shortcuts.length > 1) return null;
    blocks.push({ body: bodies[0]!, shortcut: shortcuts[0]?.[0] ?? null });
  }
  return blocks;
}

/** Null where it is another network than that of this name. */
function named(name: BackboneConfig['name'], stem: Step, blocks: readonly Block[]): Found[] | null {
  const layers = backboneLayers({ name, width: 1, stem: 'imagenet' });
  const first = layers.find((layer) => layer.kind === 'convolution')!;
  const residuals = layers.filter((layer): layer is Residual => layer.kind === 'residual');
  if (residuals.length !== blocks.length) return null;
  const found: (Found | null)[] = [foundAs(first, stem, null)];
  for (const [i, { body, shortcut }] of residuals.entries()) {
    const block = blocks[i]!;
    // a shortcut where the width makes one needless, or none where it makes one needed, is told by the shapes later
    if (body.length !== block.body.length) return null;
    for (const [j, part] of body.entries()) found.push(foundAs(part, block.body[j]!, part.stride));
    if (!block.shortcut) continue;
    if (!shortcut) return null;
    found.push(foundAs(shortcut, block.shortcut, shortcut.stride));
  }
  return found.every((of) => of !== null) ? found : null;
}

/** @param stride null: any, as a stem's is chosen by whoever sets it */
function foundAs({ name, norm, kernel }: Convolution, step: Step, stride: number | null): Found | null {
  const { node, shape, weight, bias, normalisation, epsilon } = step;
  const strides = node.settings.get('strides') ?? [1, 1];
  if (stride !== null && (shape[2] !== kernel || strides.some((size) => size !== stride))) return null;
  return { name, norm, weight, bias, normalisation, epsilon };
}
