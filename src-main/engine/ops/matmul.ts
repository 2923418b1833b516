/**
 * Product of two matrices, either of them transposed; linear layers are made of it.
 */
import { ShapeError } from '../errors.ts';
import { apply } from '../graph.ts';
import type { Op, Shape, Tensor } from '../graph.ts';
import { sum } from './broadcast.ts';

interface Attributes {
  transposeA: boolean;
  transposeB: boolean;
}

const flip = (shape: Shape, transposed: boolean): Shape => (transposed ? [shape[1]!, shape[0]!] : shape);

const matmulOp: Op<Attributes> = {
  name: 'matmul',
  shapes([a, b], { transposeA, transposeB }) {
    if (a!.length !== 2 || b!.length !== 2) throw new ShapeError('matmul', [a!, b!], 'both must be matrices');
    const [rows, inner] = flip(a!, transposeA);
    const [inner2, columns] = flip(b!, transposeB);
    if (inner !== inner2) throw new ShapeError('matmul', [a!, b!], `inner sizes ${inner} and ${inner2} differ`);
    return [[rows!, columns!]];
  },
  gradient({ inputs: [a, b], attributes: { transposeA: ta, transposeB: tb } }, [dy], needed) {
    return [
      needed[0] && (ta ? matmul(b!, dy!, tb, true) : matmul(dy!, b!, false, !tb)),
      needed[1] && (tb ? matmul(dy!, a!, true, ta) : matmul(a!, dy!, !ta, false)),
    ].map((t) => t || undefined);
  },
  lower({ inputs, outputs, attributes: { transposeA, transposeB } }, lowering) {
    const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
    const { products } = lowering;
    const operands = inputs.map((t) => lowering.value(t, 'plain', products));
    lowering.set(outputs[0]!, lowering.gemm(operands, attributes), 'plain', products);
  },
};

/** a [m, k] times b [k, n], each given transposed where told -> [m, n]. */
export const matmul = (a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor =>
  apply(matmulOp, [a, b], { transposeA, transposeB });

const linearOp: Op<object> = {
  name: 'linear',
  shapes([x, weight, bias]) {
    if (x!.length !== 2 || weight!.length !== 2 || x![1] !== weight![1])
      throw new ShapeError('linear', [x!, weight!], 'x [N, in] and weight [out, in] must agree in size');
    if (bias && (bias.length !== 1 || bias[0] !== weight![0]))
      throw new ShapeError('linear', [weight!, bias], 'the bias must be [out]');
    return [[x![0]!, weight![0]!]];
  },
  gradient: ({ inputs: [x, weight, bias] }, [dy], needed) => [
    needed[0] ? matmul(dy!, weight!) : undefined,
    needed[1] ? matmul(dy!, x!, true) : undefined,
    bias && needed[2] ? sum(dy!, [0]) : undefined,
  ],
  lower({ inputs, outputs }, lowering) {
    const { products } = lowering;
    const operands = inputs.map((t) => lowering.value(t, 'plain', products));
    lowering.set(outputs[0]!, lowering.gemm(operands, { transB: 1 }), 'plain', products);
  },
};

/** x [N, in] by weight [out, in] plus bias [out], as torch.nn.Linear -> [N, out]. */
export const linear = (x: Tensor, weight: Tensor, bias?: Tensor): Tensor =>
  apply(linearOp, bias ? [x, weight, bias] : [x, weight], {});
