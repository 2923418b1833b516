/**
 * Elementwise sum, difference, product and quotient of two tensors, broadcast by numpy's rule.
 */
import { apply, sameShape } from '../graph.ts';
import type { Op, Tensor } from '../graph.ts';
import type { Precision } from '../onnx/emitter.ts';
import type { Layout } from '../onnx/layouts/index.ts';
import type { OnnxLowering } from '../onnx/lowering.ts';
import { broadcastShape, sumTo } from './broadcast.ts';

type Gradient = Required<Op<object>>['gradient'];

/** `special` lowers it where a layout of images has a way of its own. */
type Special = (inputs: readonly Tensor[], output: Tensor, lowering: OnnxLowering) => boolean | undefined;

const binary = (name: string, opType: string, gradient: Gradient, special?: Special): Op<object> => ({
  name,
  shapes: ([a, b]) => [broadcastShape(name, a!, b!)],
  gradient,
  lower({ inputs, outputs }, lowering) {
    if (special?.(inputs, outputs[0]!, lowering)) return;
    const layout = commonLayout(inputs, lowering);
    const precision = commonPrecision(inputs, lowering);
    const [a, b] = inputs.map((t) => lowering.value(t, t.shape.length === 0 ? 'plain' : layout, precision));
    lowering.set(outputs[0]!, lowering.each(opType, a!, b!), layout, precision);
  },
});

/** Images are combined in the layout that they are in; anything that broadcasts, but for a single number, as its shape says. */
function commonLayout(inputs: readonly Tensor[], lowering: OnnxLowering): Layout {
  const images = inputs.filter((t) => t.shape.length > 0);
  const alike = images.every((t) => t.shape.length === 4 && sameShape(t.shape, images[0]!.shape));
  return alike ? (images.map((t) => lowering.layout(t)).find((layout) => layout !== 'plain') ?? 'plain') : 'plain';
}

/** What is held in float16 is combined in it, with a number too. */
function commonPrecision(inputs: readonly Tensor[], lowering: OnnxLowering): Precision {
  const larger = inputs.filter((t) => t.shape.length > 0);
  return larger.length > 0 && larger.every((t) => lowering.precision(t) === 'half') ? 'half' : 'full';
}

const addOp = binary(
  'add',
  'Add',
  ({ inputs: [a, b] }, [dy], needed) => [
    needed[0] ? sumTo(dy!, a!.shape) : undefined,
    needed[1] ? sumTo(dy!, b!.shape) : undefined,
  ],
  ([a, b], sum, lowering) => lowering.images.add?.(lowering, a!, b!, sum),
);

const subOp = binary('sub', 'Sub', ({ inputs: [a, b] }, [dy], needed) => [
  needed[0] ? sumTo(dy!, a!.shape) : undefined,
  needed[1] ? sumTo(scale(dy!, -1), b!.shape) : undefined,
]);

const mulOp = binary('mul', 'Mul', ({ inputs: [a, b] }, [dy], needed) => [
  needed[0] ? sumTo(mul(dy!, b!), a!.shape) : undefined,
  needed[1] ? sumTo(mul(dy!, a!), b!.shape) : undefined,
]);

const divOp = binary('div', 'Div', ({ inputs: [a, b], outputs: [y] }, [dy], needed) => [
  needed[0] ? sumTo(div(dy!, b!), a!.shape) : undefined,
  needed[1] ? sumTo(scale(div(mul(dy!, y!), b!), -1), b!.shape) : undefined,
]);

export const add = (a: Tensor, b: Tensor): Tensor => apply(addOp, [a, b], {});
export const sub = (a: Tensor, b: Tensor): Tensor => apply(subOp, [a, b], {});
export const mul = (a: Tensor, b: Tensor): Tensor => apply(mulOp, [a, b], {});
export const div = (a: Tensor, b: Tensor): Tensor => apply(divOp, [a, b], {});

/** x times a number. */
export const scale = (x: Tensor, factor: number): Tensor => (factor === 1 ? x : mul(x, x.graph.constant(factor)));

/** x plus a number. */
export const addConstant = (x: Tensor, value: number): Tensor => add(x, x.graph.constant(value));
