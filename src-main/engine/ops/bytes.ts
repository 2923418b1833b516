/** An input of bytes, 0 to 255, read as 0 to 1: photos as they are kept, a quarter of the size of floats. */
import type { Graph, Op, Shape, Tensor } from '../graph.ts';

const bytesOp: Op<{ name: string; shape: Shape }> = {
  name: 'bytes',
  shapes: (_inputs, { shape }) => [shape],
  lower({ outputs, attributes: { name } }, lowering) {
    lowering.bytes(outputs[0]!, name);
    lowering.set(outputs[0]!, lowering.emit('DequantizeLinear', [name, lowering.scalar(1 / 255)]));
  },
};

/** A tensor fed as uint8 under this name. */
export const bytes = (graph: Graph, name: string, shape: Shape): Tensor =>
  graph.apply(bytesOp, [], { name, shape })[0]!;
