/** Every operation of the graph, by the name a network or method uses it under. */
export { add, addConstant, div, mul, scale, sub } from './arithmetic.ts';
export { batchNorm, batchNormInference } from './batch-norm.ts';
export { expand, sum } from './broadcast.ts';
export { below, choose } from './choose.ts';
export { concat, slice } from './concat.ts';
export { conv } from './conv.ts';
export { linear, matmul } from './matmul.ts';
export { atLeast, maximum } from './maximum.ts';
export { normalize } from './normalize.ts';
export { globalAveragePool, maxPool } from './pool.ts';
export { max, mean } from './reduce.ts';
export { relu } from './relu.ts';
export { reshape } from './reshape.ts';
export { rows, withRows } from './rows.ts';
export { logSoftmax, softmax } from './softmax.ts';
export { stopGradient } from './stop-gradient.ts';
export { transpose } from './transpose.ts';
export { exp, log, sqrt, square } from './unary.ts';
