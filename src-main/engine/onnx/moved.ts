/**
 * How many bytes a model's operators read and write, each by itself: the floor of a step on a device that is bound by
 * its memory. What a kernel reads again from a cache, and what the runtime moves on its own, is not counted.
 */
import { elements } from '../graph.ts';
import type { Program } from './lowering.ts';
import { bytesOf } from './schema.ts';
import type { OnnxModel, OnnxNode } from './schema.ts';

/** Operators whose output is the input's memory under another shape. */
const VIEWS = new Set(['Reshape', 'Flatten', 'Identity']);
/** Operators that read of their input no more than they write. */
const PARTS = new Set(['Slice', 'Gather']);

/** Bytes of one run; the model's constants count like any input. */
export function movedBytes(model: Program): number {
  const size = (name: string): number => {
    const { shape, type } = model.values.get(name)!;
    return elements(shape) * bytesOf(type);
  };
  const total = (names: readonly string[]): number => names.reduce((sum, name) => sum + size(name), 0);
  const cancelled = cancelledTransposes(model);
  return model.nodes.reduce((sum, node) => {
    if (VIEWS.has(node.opType) || cancelled.has(node)) return sum;
    const written = total(node.outputs);
    return sum + written + (PARTS.has(node.opType) ? written : total(node.inputs));
  }, 0);
}

/**
 * The transpositions around Conv, ConvTranspose, MaxPool and BatchNormalization that the runtime cancels where images
 * are held channels last (layouts/channels-last).
 */
function cancelledTransposes(model: OnnxModel): Set<OnnxNode> {
  const producers = new Map(model.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const found = new Set<OnnxNode>();
  for (const node of model.nodes) {
    const before = producers.get(node.inputs[0] ?? '');
    if (IMAGES.has(node.opType) && before && isTransposition(before, FIRST)) found.add(before);
    if (before && IMAGES.has(before.opType) && isTransposition(node, LAST)) found.add(node);
  }
  return found;
}

const IMAGES = new Set(['Conv', 'ConvTranspose', 'MaxPool', 'BatchNormalization']);
const FIRST = '0,3,1,2';
const LAST = '0,2,3,1';
const isTransposition = ({ opType, attributes }: OnnxNode, order: string): boolean =>
  opType === 'Transpose' && String(attributes['perm']) === order;
