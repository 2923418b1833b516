/**
 * Tensors put together along an axis, and the part of a tensor between two positions of an axis: each the other's
 * gradient.
 */
import { ShapeError } from '../errors.ts';
import { apply } from '../graph.ts';
import type { Op, Tensor } from '../graph.ts';
import type { Value } from '../onnx/emitter.ts';
import type { OnnxLowering } from '../onnx/lowering.ts';

const concatOp: Op<{ axis: number }> = {
  name: 'concat',
  shapes(inputs, { axis }) {
    const first = inputs[0]!;
    if (inputs.some((s) => s.length !== first.length || s.some((n, i) => i !== axis && n !== first[i])))
      throw new ShapeError('concat', inputs, `sizes may differ along axis ${axis} only`);
    return [first.map((n, i) => (i === axis ? inputs.reduce((total, s) => total + s[i]!, 0) : n))];
  },
  gradient({ inputs, attributes: { axis } }, [dy], needed) {
    let start = 0;
    return inputs.map((t, i) => {
      const from = start;
      start += t.shape[axis]!;
      return needed[i] ? slice(dy!, axis, from, start) : undefined;
    });
  },
  lower({ inputs, outputs, attributes: { axis } }, lowering) {
    const precision = inputs.every((t) => lowering.precision(t) === 'half') ? 'half' : 'full';
    const parts = inputs.map((t) => lowering.value(t, 'plain', precision));
    lowering.set(outputs[0]!, joined(lowering, parts, axis), 'plain', precision);
  },
};

interface SliceAttributes {
  axis: number;
  start: number;
  end: number;
}

const sliceOp: Op<SliceAttributes> = {
  name: 'slice',
  shapes([x], { axis, start, end }) {
    if (axis < 0 || axis >= x!.length || start < 0 || end > x![axis]! || start >= end)
      throw new ShapeError('slice', [x!], `there is no part ${start} to ${end} of axis ${axis}`);
    return [x!.map((n, i) => (i === axis ? end - start : n))];
  },
  gradient({ inputs: [x], attributes: { axis, start, end } }, [dy]) {
    const zeros = (size: number): Tensor[] =>
      size > 0
        ? [
            dy!.graph.constant(
              0,
              x!.shape.map((n, i) => (i === axis ? size : n)),
            ),
          ]
        : [];
    return [concat([...zeros(start), dy!, ...zeros(x!.shape[axis]! - end)], axis)];
  },
  lower({ inputs, outputs, attributes: { axis, start, end } }, lowering) {
    const precision = lowering.precision(inputs[0]!);
    const part = lowering.slice(lowering.value(inputs[0]!, 'plain', precision), [axis], [start], [end]);
    lowering.set(outputs[0]!, part, 'plain', precision);
  },
};

/** Inputs of one concatenation on a graphics card at most: a shader binds eight buffers, of which one is the output. */
const MOST_PARTS = 7;

/** Values put together along an axis, on a graphics card in several steps where there are more than it binds. */
export function joined(lowering: OnnxLowering, parts: readonly Value[], axis: number): Value {
  if (!lowering.graphics || parts.length <= MOST_PARTS) return lowering.concat(parts, axis);
  const groups = Array.from({ length: Math.ceil(parts.length / MOST_PARTS) }, (_, i) =>
    lowering.concat(parts.slice(MOST_PARTS * i, MOST_PARTS * (i + 1)), axis),
  );
  return joined(lowering, groups, axis);
}

const splitOp: Op<{ sizes: readonly number[] }> = {
  name: 'split',
  shapes([x], { sizes }) {
    if (sizes.reduce((a, b) => a + b) !== x![0]) throw new ShapeError('split', [x!], 'the parts must be all of it');
    return sizes.map((size) => [size, ...x!.slice(1)]);
  },
  // No gradient: it serves to take apart what was updated as one.
  lower({ inputs: [x], outputs, attributes: { sizes } }, lowering) {
    const value = lowering.value(x!);
    let start = 0;
    const parts = lowering.graphics
      ? sizes.map((size) => lowering.slice(value, [0], [start], [(start += size)]))
      : lowering.split(value, sizes);
    outputs.forEach((output, i) => lowering.set(output, parts[i]!));
  },
};

/** Parts of x along its first axis, of as many rows as `sizes` says; without a gradient. */
export const split = (x: Tensor, sizes: readonly number[]): readonly Tensor[] =>
  sizes.length === 1 ? [x] : x.graph.apply(splitOp, [x], { sizes });

export const concat = (tensors: readonly Tensor[], axis = 0): Tensor =>
  tensors.length === 1 ? tensors[0]! : apply(concatOp, tensors, { axis });

export const slice = (x: Tensor, axis: number, start: number, end: number): Tensor =>
  apply(sliceOp, [x], { axis, start, end });
