/**
 * How much memory training takes, predicted from the graph: its nodes in the order in which the runtime computes
 * them, every tensor alive from its node to its last use, the peak of what is alive together with each operation's
 * own workspace; plus the state as it is held, and the process itself. Checked against measured resident memory in
 * test/engine/memory.test.ts.
 */
import type { RunConfig } from '../../shared/config.ts';
import { elements } from './graph.ts';
import type { Node, Tensor } from './graph.ts';
import { momentumName, nextName, trainingGraph } from './training-graph.ts';

const BYTES = 4;
/** Node, the ONNX runtime, compiled graph: measured at a tiny configuration (onnxruntime-node 1.30, Node 26). */
const PROCESS_BYTES = 260e6;

/** Peak bytes of the process that trains `config` on so many photos on CPU, data pipeline not included. */
export function estimateMemory(config: RunConfig, images?: number): number {
  const { entries, outputs } = trainingGraph(config, { images });
  const momenta = new Set(entries.map((e) => momentumName(e.name)));
  // Parameters and statistics are held twice, as they are and as the step leaves them; momenta are overwritten.
  const state = entries.reduce((sum, e) => sum + elements(e.shape) * (momenta.has(e.name) ? 1 : 2), 0);
  const graph = outputs.get('loss')!.graph;
  const held = new Set([
    ...entries.map((e) => graph.inputs.get(e.name)!),
    ...[...outputs].filter(([name]) => name.startsWith(nextName(''))).map(([, tensor]) => tensor),
  ]);
  return PROCESS_BYTES + BYTES * (state + peak([...outputs.values()], held));
}

/** Most numbers alive at a time while `outputs` are computed, those in `held` not counted. */
function peak(outputs: readonly Tensor[], held: ReadonlySet<Tensor>): number {
  const order = executionOrder(outputs);
  const lastUse = new Map<Tensor, number>();
  order.forEach((node, i) => {
    for (const t of [...node.inputs, ...node.outputs]) lastUse.set(t, i);
  });
  const dying = new Map<number, Tensor[]>();
  for (const [t, i] of lastUse) dying.set(i, [...(dying.get(i) ?? []), t]);
  const size = (t: Tensor) => (held.has(t) ? 0 : elements(t.shape));
  let alive = 0;
  let most = 0;
  order.forEach((node, i) => {
    for (const t of node.outputs) alive += size(t);
    most = Math.max(most, alive + (node.op.workspace?.(node) ?? 0));
    for (const t of dying.get(i) ?? []) alive -= size(t);
  });
  return most;
}

/** Depth first from the outputs in their order, as the runtime does. */
function executionOrder(outputs: readonly Tensor[]): Node[] {
  const order: Node[] = [];
  const entered = new Set<Node>();
  const stack: { node: Node; leave: boolean }[] = [];
  for (const output of outputs) {
    stack.push({ node: output.node, leave: false });
    for (let top = stack.pop(); top; top = stack.pop()) {
      if (top.leave) order.push(top.node);
      else if (!entered.has(top.node)) {
        entered.add(top.node);
        stack.push({ node: top.node, leave: true });
        for (const input of top.node.inputs) stack.push({ node: input.node, leave: false });
      }
    }
  }
  return order;
}
