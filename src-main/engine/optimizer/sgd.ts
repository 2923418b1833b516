/**
 * Stochastic gradient descent with momentum and weight decay, as torch.optim.SGD: v' = m v + (g + w p);
 * p' = p - lr v'. Weight decay is on every parameter, batch normalisation's included (paper, Sec. 3).
 */
import { add, scale } from '../ops/index.ts';
import type { RunConfig } from '../../../shared/config.ts';
import type { Optimizer } from './optimizer.ts';

export type SgdSettings = Pick<RunConfig['optimizer'], 'momentum' | 'weightDecay'>;

export const sgd = ({ momentum, weightDecay }: SgdSettings): Optimizer => ({
  slots: ['momentum'],
  update({ parameter, gradient, slots: [velocity] }) {
    const decayed = weightDecay === 0 ? gradient : add(gradient, scale(parameter, weightDecay));
    const next = add(scale(velocity!, momentum), decayed);
    return { slots: [next] };
  },
});
