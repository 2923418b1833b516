/**
 * SimSiam (Chen and He, arXiv 2011.10566), Algorithm 1, with the paper's ablations: without stop-gradient (Fig. 2),
 * cross-entropy for D (Sec. 4.5), one-sided losses (Sec. 4.6), and the two forms of the alternation (Sec. 5.2):
 * targets that are kept for several steps, and an average over steps in place of the predictor.
 */
import type { Tensor } from '../graph.ts';
import { add, rows, scale, softmax, withRows } from '../ops/index.ts';
import type { Method, MethodStep } from './method.ts';
import { average, crossEntropy, detachOf, negativeCosine, pairs } from './pairs.ts';

export const simsiam: Method = (step) => {
  const { config, views, f, h } = step;
  const detach = detachOf(config); // Fig. 2: without it the network collapses
  const D = config.similarity === 'cosine' ? negativeCosine : (p: Tensor, z: Tensor) => crossEntropy(softmax(z), p); // Sec. 4.5

  const { seen, aimedAt } = pairs(config.symmetry, views);
  const z = f(seen); // projections, [N, d]
  const p = h(z); // predictions, [N, d]
  const loss = average(targets(step, z, aimedAt).map((t, i) => D(p[i]!, detach(t)))); // [], minimum -1 by cosine
  return { loss, projections: z };
};

/**
 * FastSiam (Pototzky, Sultan and Schmidt-Thieme, GCPR 2022): SimSiam of K views. Each predicts the mean projection of
 * all others, which varies less from step to step than that of one.
 */
export const fastsiam: Method = ({ config, views, f, h }) => {
  const detach = detachOf(config);
  const z = f(views); // [N, d] of each view
  const p = h(z);
  const others = z.map((_, i) => average(z.filter((_, j) => j !== i))); // [N, d]
  return { loss: average(p.map((x, i) => negativeCosine(x, detach(others[i]!)))), projections: z };
};

/** For each view that is predicted its target: the projection of the other view, but for the two studies of Sec. 5.2. */
function targets(step: MethodStep, z: Tensor[], aimedAt: readonly Tensor[]): Tensor[] {
  const { config, f, target } = step;
  // The targets of k batches, by the network as it is before the first of the k steps. They are functions of its
  // parameters and of the views, so a copy of the parameters stands for them, however large k is.
  if (config.innerSteps !== 1) return target(aimedAt);
  const others = config.symmetry === 'symmetric' ? [z[1]!, z[0]!] : f(aimedAt);
  return config.predictor.kind === 'movingAverage' ? movingAverage(step, others) : others;
}

/** eta <- m eta + (1 - m) z for each photo, in place of the expectation over its views; kept is the mean over the targets. */
function movingAverage({ config, images, buffer, update }: MethodStep, others: Tensor[]): Tensor[] {
  const m = config.predictor.averageMomentum;
  const numbers = images();
  // From 0 a photo's first target points to its first projection, and its length has no part in the cosine.
  const eta = buffer('average', { kind: 'constant', value: 0 }); // [photos, d]
  const next = others.map((z) => add(scale(rows(eta, numbers), m), scale(z, 1 - m))); // [N, d]
  update('average', withRows(eta, numbers, average(next)));
  return next;
}
