/**
 * A teacher beside any method: what another encoder made of each photo, once, is what a linear layer behind the
 * network's own features has to say of every view of it. That is regression by cosine, as in feature distillation. The
 * layer is carried like what a method carries, and left behind with it when the encoder is exported; where the numbers
 * are from is src-main/trainer/teacher.
 */
import { TEACHER, TEACHER_NUMBERS } from '../../../shared/methods/index.ts';
import type { Tensor } from '../graph.ts';
import { add, linear, scale } from '../ops/index.ts';
import type { MethodLoss, MethodStep } from './method.ts';
import { average, negativeCosine } from './pairs.ts';

/** Name of the input with the teacher's numbers t of the batch's photos, [N, K]. */
export const TARGETS = 'targets';

/**
 * (1 - w) L + w D(W h + b, t), D the mean over the views of their negative cosine. A photo whose t is zero draws nowhere.
 * @param features h of every view that the network saw, [N, D] each
 */
export function taught(
  { config, input, parameter }: MethodStep,
  features: readonly Tensor[],
  { loss, projections }: MethodLoss,
): MethodLoss {
  const { weight: share } = config.teacher;
  const [n, d] = features[0]!.shape as [number, number];
  const targets = input(TARGETS, [n, TEACHER_NUMBERS]);
  const rate = input('learningRate');
  const initial = { kind: 'uniform', bound: 1 / Math.sqrt(d) } as const;
  const weight = parameter(TEACHER.weight, initial, rate); // [K, D]
  const bias = parameter(TEACHER.bias, initial, rate); // [K]
  const distance = average(features.map((h) => negativeCosine(linear(h, weight, bias), targets))); // [], minimum -1
  return { loss: share === 1 ? distance : add(scale(loss, 1 - share), scale(distance, share)), projections };
}
