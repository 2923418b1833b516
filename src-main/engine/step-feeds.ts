/** What a step is fed under the names of its graph's inputs, checked, whatever computes it. */
import type { RunConfig } from '../../shared/config.ts';
import { channelsOf } from '../../shared/input.ts';
import { TEACHER_NUMBERS, viewsOf } from '../../shared/methods/index.ts';
import { ShapeError } from './errors.ts';
import { elements } from './graph.ts';
import type { Shape } from './graph.ts';
import { TARGETS } from './methods/teacher.ts';
import type { StepInput } from './training.ts';
import { IMAGES, viewName } from './training-graph.ts';

/** Numbers in the shape that the step takes them in. */
export interface Feed {
  data: Float32Array;
  shape: Shape;
}

/** The views [N, C, H, W] of a batch. @throws ShapeError where they are not those of the configuration */
export function viewFeeds(config: RunConfig, views: readonly Float32Array[]): Record<string, Feed> {
  const shapes = viewsOf(config).map(({ size }) => [config.batchSize, channelsOf(config), size, size]);
  if (views.length !== shapes.length || views.some((view, i) => view.length !== elements(shapes[i]!)))
    throw new ShapeError(
      'step',
      views.map((view) => [view.length]),
      `needs ${shapes.length} views of ${shapes.map((shape) => shape.join(' x ')).join(', ')} numbers`,
    );
  return Object.fromEntries(views.map((data, i) => [viewName(i), { data, shape: shapes[i]! }]));
}

/** Everything besides the views: rates, what the method asks for, numbers of the photos and a teacher's targets. */
export function otherFeeds(
  { batchSize }: RunConfig,
  { views: _views, images, targets, method, ...rates }: StepInput,
): Record<string, Feed> {
  const scalars = { ...rates, backboneLearningRate: rates.backboneLearningRate ?? rates.learningRate, ...method };
  return {
    ...Object.fromEntries(
      Object.entries(scalars).map(([name, value]) => [name, { data: Float32Array.of(value), shape: [] }]),
    ),
    ...(images && { [IMAGES]: { data: images, shape: [batchSize] } }),
    ...(targets && { [TARGETS]: { data: targets, shape: [batchSize, TEACHER_NUMBERS] } }),
  };
}

/** An input of the step's graph that nobody feeds. */
export const missingFeed = ({ method }: RunConfig, name: string): ShapeError =>
  new ShapeError('step', [], `${method} with these settings needs the input ${name}`);
