/** Every arm of every study of the Lab is a training step that can be built: shapes, gradients and state agree. */
import { expect, it } from 'vitest';
import { studyPlan } from '../../shared/lab/plan.ts';
import { studies } from '../../shared/lab/studies.ts';
import { initialState } from '../../src-main/engine/index.ts';
import { trainingGraph } from '../../src-main/engine/training-graph.ts';
import { labFacts } from '../helpers/labFacts.ts';

const images = 300;

it.each(studies.map(({ id }) => id))('%s', (study) => {
  for (const { armId, config } of studyPlan({ study, minutes: 1, seeds: 1, linear: false }, labFacts({ images }))
    .arms) {
    const { entries, outputs } = trainingGraph(config, { images });
    expect(outputs.get('loss')!.shape, armId).toEqual([]);
    // what a step takes is what a fresh run starts from
    const state = initialState(config, images);
    expect([...state.keys()].sort(), armId).toEqual(entries.map(({ name }) => name).sort());
    for (const [name, { data }] of state) expect(data.every(Number.isFinite), `${armId} ${name}`).toBe(true);
  }
});
