/**
 * Loss scaling for gradients in float16 (Micikevicius et al., arXiv 1710.03740, Sec. 3.2), dynamic as
 * torch.cuda.amp.GradScaler: the loss is multiplied by a factor before differentiation and the gradients of the float32
 * parameters are divided by it; a step whose gradient is not finite is skipped and halves the factor, and it doubles
 * after so many steps without one. All of it inside the step's graph.
 */
import type { Tensor } from './graph.ts';
import { add, addConstant, atLeast, below, choose, mul, scale } from './ops/index.ts';
import type { StateEntry } from './state.ts';

/** Output: the factor that a step used. */
export const LOSS_SCALE = 'lossScale';

const SCALE = 'scaler.scale';
const GOOD_STEPS = 'scaler.goodSteps';

/** GradScaler's defaults. */
const INITIAL = 65536;
const GROWTH_STEPS = 2000;
/** Largest finite float32, of which a sum of squares must stay short. */
const FINITE = 3e38;

export const scalerEntries: readonly StateEntry[] = [
  { name: SCALE, shape: [], initial: { kind: 'constant', value: INITIAL }, role: 'scale' },
  { name: GOOD_STEPS, shape: [], initial: { kind: 'constant', value: 0 }, role: 'scale' },
];

export class LossScale {
  /** The factor that the loss is multiplied by, a scalar. */
  readonly factor: Tensor;
  readonly #goodSteps: Tensor;

  constructor(input: (name: string) => Tensor) {
    this.factor = input(SCALE);
    this.#goodSteps = input(GOOD_STEPS);
  }

  /** 1 when a step with this squared length of its gradient counts, 0 when it is skipped: []. */
  counts(squaredGradient: Tensor): Tensor {
    return below(squaredGradient, FINITE); // false of NaN too
  }

  /** The scaler's state after a step that counted (1) or was skipped (0). */
  next(counted: Tensor): Map<string, Tensor> {
    const good = mul(addConstant(this.#goodSteps, 1), counted);
    const grows = atLeast(good, GROWTH_STEPS);
    const grown = mul(this.factor, addConstant(grows, 1)); // twice, where it grows
    return new Map([
      [SCALE, choose(counted, grown, scale(this.factor, 0.5))],
      [GOOD_STEPS, mul(good, add(scale(grows, -1), this.factor.graph.constant(1)))],
    ]);
  }
}
