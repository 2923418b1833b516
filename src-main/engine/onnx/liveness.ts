/**
 * The most memory that a model's values take at a time while the runtime computes it: its order of execution, every
 * value alive from the node that makes it to the last that reads it, and values that share memory counted once.
 */
import { elements } from '../graph.ts';
import type { Program } from './lowering.ts';
import { bytesOf } from './schema.ts';
import type { OnnxModel, OnnxNode } from './schema.ts';

/** Operators whose output is the input's memory under another shape. */
export const VIEWS = new Set(['Reshape', 'Flatten', 'Identity']);
/**
 * Operators whose kernels are declared to write over their input where nothing reads it after them. Sums, products and
 * whatever else has two operands are not.
 */
const IN_PLACE = new Set(['Relu', 'HardSigmoid', 'Sigmoid', 'Tanh', 'Clip']);

/** The inputs over which a node may write: of a blocked convolution what it adds to. */
export const overwritten = ({ opType, inputs }: OnnxNode): readonly string[] => {
  if (opType === 'Conv') return inputs.slice(3);
  return IN_PLACE.has(opType) ? inputs : [];
};

/** Bytes at the peak; the model's inputs, constants and outputs are not counted. */
export function peakBytes(model: Program): number {
  const order = executionOrder(model);
  const outside = new Set([...model.inputs, ...model.initializers, ...model.outputs].map((v) => v.name));
  const owner = new Map<string, string>();
  const ownerOf = (name: string): string => owner.get(name) ?? name;
  for (const node of order) if (VIEWS.has(node.opType)) owner.set(node.outputs[0]!, ownerOf(node.inputs[0]!));
  const lastUse = new Map<string, number>();
  order.forEach((node, i) => {
    for (const name of [...node.inputs, ...node.outputs]) lastUse.set(ownerOf(name), i);
  });
  const size = (name: string): number => {
    const { shape, type } = model.values.get(name)!;
    return outside.has(name) ? 0 : elements(shape) * bytesOf(type);
  };
  let alive = 0;
  let most = 0;
  order.forEach((node, i) => {
    if (VIEWS.has(node.opType)) return;
    const made = node.outputs.reduce((sum, name) => sum + size(name), 0);
    const dying = [...new Set([...node.inputs, ...node.outputs].map(ownerOf))].filter(
      (name) => lastUse.get(name) === i,
    );
    const reused = overwritten(node).some((name) => dying.includes(ownerOf(name)) && size(ownerOf(name)) === made);
    most = Math.max(most, alive + (reused ? 0 : made));
    alive += made - dying.reduce((sum, name) => sum + size(name), 0);
  });
  return most;
}

/**
 * The order in which the runtime computes the nodes: depth first from those that nothing consumes; of these, and of
 * what makes a node's inputs, the last of the file first.
 */
export function executionOrder(model: OnnxModel): OnnxNode[] {
  const position = new Map(model.nodes.map((n, i) => [n, i]));
  const producers = new Map(model.nodes.flatMap((n) => n.outputs.map((name) => [name, n] as const)));
  const consumed = new Set(model.nodes.flatMap((n) => n.inputs));
  const leaves = model.nodes.filter((n) => !n.outputs.some((name) => consumed.has(name)));
  const order: OnnxNode[] = [];
  const entered = new Set<OnnxNode>();
  const stack = leaves.map((node) => ({ node, leave: false }));
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { node, leave } = top;
    if (leave) order.push(node);
    if (leave || entered.has(node)) continue;
    entered.add(node);
    stack.push({ node, leave: true });
    const makers = [...new Set(node.inputs.map((name) => producers.get(name)).filter((n) => n !== undefined))];
    for (const maker of makers.sort((a, b) => position.get(a)! - position.get(b)!))
      stack.push({ node: maker, leave: false });
  }
  return order;
}
