/**
 * Broadcasting by numpy's rule and sums over axes: each the other's gradient.
 */
import { ShapeError } from '../errors.ts';
import { apply, sameShape } from '../graph.ts';
import type { Op, Shape, Tensor } from '../graph.ts';
import { arranged } from '../onnx/layouts/index.ts';
import { sumAll } from '../onnx/layouts/sums.ts';
import { reshape } from './reshape.ts';

/** The shape that two broadcast to. @throws ShapeError */
export function broadcastShape(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw new ShapeError(op, [a, b], 'sizes must be equal or 1');
    return x === 1 ? y : x;
  });
}

const expandOp: Op<{ shape: Shape }> = {
  name: 'expand',
  shapes([x], { shape }) {
    if (!sameShape(broadcastShape('expand', x!, shape), shape))
      throw new ShapeError('expand', [x!, shape], 'the first must broadcast to the second');
    return [shape];
  },
  gradient: ({ inputs }, [dy]) => [sumTo(dy!, inputs[0]!.shape)],
  lower({ inputs, outputs, attributes: { shape } }, lowering) {
    const [x] = inputs;
    const image = shape.length === 4 && x!.shape.length === 4 && x!.shape[2] === 1 && x!.shape[3] === 1;
    const layout = image ? lowering.imageLayout : 'plain';
    const precision = lowering.precision(x!);
    const expanded = lowering.expand(lowering.value(x!, layout, precision), arranged(shape, layout));
    lowering.set(outputs[0]!, expanded, layout, precision);
  },
};

interface SumAttributes {
  axes: readonly number[];
  keepDims: boolean;
}

/** The shape left when `axes` are reduced. @throws ShapeError */
export function reducedShape(op: string, x: Shape, { axes, keepDims }: SumAttributes): Shape {
  if (axes.some((a) => a < 0 || a >= x.length)) throw new ShapeError(op, [x], `there is no axis ${axes.join(', ')}`);
  return keepDims ? x.map((n, i) => (axes.includes(i) ? 1 : n)) : x.filter((_, i) => !axes.includes(i));
}

const sumOp: Op<SumAttributes> = {
  name: 'sum',
  shapes: ([x], attributes) => [reducedShape('sum', x!, attributes)],
  gradient({ inputs: [x], attributes: { axes } }, [dy]) {
    const kept = x!.shape.map((n, i) => (axes.includes(i) ? 1 : n));
    return [expand(reshape(dy!, kept), x!.shape)];
  },
  lower({ inputs, outputs, attributes: { axes, keepDims } }, lowering) {
    const x = inputs[0]!;
    const value = lowering.value(x);
    const whole = axes.length === x.shape.length && !keepDims;
    const total =
      lowering.images.sumsInParts && whole
        ? sumAll(lowering, value)
        : lowering.reduce('ReduceSum', value, axes, keepDims);
    lowering.set(outputs[0]!, total);
  },
};

export const allAxes = (x: Tensor): number[] => x.shape.map((_, i) => i);

/** Sum over `axes` (all unless told). */
export const sum = (x: Tensor, axes: readonly number[] = allAxes(x), keepDims = false): Tensor =>
  axes.length === 0 ? x : apply(sumOp, [x], { axes, keepDims });

export const expand = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : apply(expandOp, [x], { shape });

/** Sums over the axes along which `shape` was broadcast to x's. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  const lead = x.shape.length - shape.length;
  const axes = allAxes(x).filter((i) => i < lead || (shape[i - lead] === 1 && x.shape[i] !== 1));
  return axes.length === 0 ? x : reshape(sum(x, axes), shape);
}
