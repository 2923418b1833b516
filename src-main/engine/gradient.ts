/**
 * Reverse-mode differentiation as a graph transformation: walks the nodes that lead to the loss in reverse order of
 * creation, asks each operation for its gradient as further nodes, and adds up where a tensor is used several times.
 */
import type { Node, Tensor } from './graph.ts';
import { add } from './ops/arithmetic.ts';

/**
 * Gradients of `factor` (1 unless told) times the scalar `loss` with respect to each tensor of `parameters`; undefined
 * where none flows (a parameter that the loss does not use, or only through stopGradient).
 */
export function gradients(loss: Tensor, parameters: readonly Tensor[], factor?: Tensor): (Tensor | undefined)[] {
  if (loss.shape.length > 0) throw new Error(`the loss must be a scalar, not [${loss.shape.join(', ')}]`);
  const graph = loss.graph;
  const nodes = [...graph.nodes];
  const needed = dependents(nodes, parameters);
  const sum = new Map<Tensor, Tensor>([[loss, factor ?? graph.constant(1)]]);
  for (const node of nodes.reverse()) {
    if (!node.op.gradient || !node.outputs.some((t) => sum.has(t) && needed.has(t))) continue;
    const wanted = node.inputs.map((t) => needed.has(t));
    const flows = node.op.gradient(
      node,
      node.outputs.map((t) => sum.get(t)),
      wanted,
    );
    node.inputs.forEach((input, i) => {
      const flow = flows[i];
      if (!flow || !wanted[i]) return;
      const other = sum.get(input);
      sum.set(input, other ? add(other, flow) : flow);
    });
  }
  return parameters.map((t) => sum.get(t));
}

/** Every tensor through which a change of a parameter can reach another by way of differentiable operations. */
function dependents(nodes: readonly Node[], parameters: readonly Tensor[]): Set<Tensor> {
  const reached = new Set(parameters);
  for (const node of nodes)
    if (node.op.gradient && node.inputs.some((t) => reached.has(t))) for (const t of node.outputs) reached.add(t);
  return reached;
}
