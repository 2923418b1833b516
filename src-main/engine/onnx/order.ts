/**
 * In which order a model's nodes stand, and which of them: the names of outputs go to the nodes that make them, and what
 * nothing reads is left out.
 */
import type { OnnxNode } from './schema.ts';

/**
 * Names the model's outputs. An Identity in the graph would cost a copy, so the node that makes a value gives it
 * the output's name instead; only where that cannot be (an input passed through, or one value under two names) the
 * Identity stays.
 *
 * The runtime sorts nodes again, depth first from the leaves (nodes that nothing consumes): of leaves, and of what
 * makes a node's inputs, it takes the last of the file first. So nodes stand in reverse, which makes it compute them
 * as they were emitted and each leaf as soon as it can: parts of a sum one by one, not all before the first addition.
 */
export function placeLeaves(nodes: readonly OnnxNode[], identities: readonly OnnxNode[], sorted: boolean): OnnxNode[] {
  const renamed = new Map<string, string>();
  const producers = new Map(nodes.flatMap((n) => n.outputs.map((name) => [name, n] as const)));
  const kept: OnnxNode[] = [];
  for (const identity of identities) {
    const value = identity.inputs[0]!;
    if (!producers.has(value) || renamed.has(value)) kept.push(identity);
    else renamed.set(value, identity.outputs[0]!);
  }
  const rename = (name: string): string => renamed.get(name) ?? name;
  const all = used(nodes, [...renamed.keys(), ...kept.flatMap((n) => n.inputs)])
    .concat(kept)
    .map((n) => ({ ...n, inputs: n.inputs.map(rename), outputs: n.outputs.map(rename) }));
  const consumed = new Set(all.flatMap((n) => n.inputs));
  const inner = all.filter((n) => n.outputs.some((name) => consumed.has(name)));
  const order = new Map(identities.map((n, i) => [n.outputs[0]!, i]));
  const leaves = all
    .filter((n) => !n.outputs.some((name) => consumed.has(name)))
    .sort((a, b) => (order.get(b.outputs[0]!) ?? 0) - (order.get(a.outputs[0]!) ?? 0));
  return [...(sorted ? inner : inner.reverse()), ...leaves];
}

/** The nodes that the values of these names come of. */
function used(nodes: readonly OnnxNode[], values: readonly string[]): OnnxNode[] {
  const needed = new Set(values);
  const found = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => needed.has(name))) return false;
    for (const name of node.inputs) needed.add(name);
    return true;
  });
  return found.reverse();
}
