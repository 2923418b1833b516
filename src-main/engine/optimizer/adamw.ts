/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101), as torch.optim.AdamW: m and v are moving
 * averages of the gradient and of its square; p' = p - lr (w p + m^ / (sqrt(v^) + eps)). Weight decay is on every
 * parameter, as with SGD. Averages that begin at zero are divided by the same average of ones, which is 1 - beta^t:
 * kept as numbers of the run, it is as exact in float32 at the first step as at the last.
 */
import type { Tensor } from '../graph.ts';
import { add, addConstant, div, mul, scale, sqrt, square, sub } from '../ops/index.ts';
import type { RunConfig } from '../../../shared/config.ts';
import type { Optimizer } from './optimizer.ts';

export type AdamSettings = Pick<RunConfig['optimizer'], 'beta1' | 'beta2' | 'epsilon' | 'weightDecay'>;

export function adamw({ beta1, beta2, epsilon, weightDecay }: AdamSettings): Optimizer {
  const average = (kept: Tensor, value: Tensor, beta: number): Tensor => add(scale(kept, beta), scale(value, 1 - beta));
  const ofOnes = (kept: Tensor, beta: number): Tensor => addConstant(scale(kept, beta), 1 - beta);
  return {
    slots: ['mean', 'square'],
    numbers: ['meanOfOnes', 'squareOfOnes'],
    count: ([mean, squares]) => [ofOnes(mean!, beta1), ofOnes(squares!, beta2)],
    update({ parameter, gradient, slots: [mean, squares], learningRate }, [meanOfOnes, squareOfOnes]) {
      const m = average(mean!, gradient, beta1);
      const v = average(squares!, square(gradient), beta2);
      const deviation = addConstant(sqrt(div(v, squareOfOnes!)), epsilon);
      const change = mul(div(m, deviation), div(learningRate, meanOfOnes!));
      const decayed = weightDecay === 0 ? parameter : sub(parameter, mul(parameter, scale(learningRate, weightDecay)));
      return { parameter: sub(decayed, change), slots: [m, v] };
    },
  };
}
