/** One of the networks that train.ts trains beside each other: some steps from the weights that it is given, and back. */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { RunConfig } from '../../shared/config.ts';
import { TrainingSession } from '../../src-main/engine/index.ts';
import type { State } from '../../src-main/engine/index.ts';
import { augmentView, drawParameters } from '../../src-main/images/augment/index.ts';
import { philox } from '../../src-main/images/augment/philox.ts';
import { timedInputs } from '../../src-main/trainer/schedule.ts';
import { SIDE } from './scene.ts';

export interface Trainee {
  config: RunConfig;
  /** As render.ts writes it. */
  file: string;
  instances: number;
  /** Programs to draw from; one that is named twice is drawn twice as often. */
  programs: number[];
  /** How often both views are of one picture of the program and not of two, 0 to 1. */
  same: number;
  state: State;
  /** Number of this network among those trained beside each other; it seeds what the network draws. */
  place: number;
}
export interface Task {
  state: State;
  /** Number of the first step; `rates` has the learning rate of each step from there. */
  from: number;
  rates: number[];
}
export interface Outcome {
  state: State;
  loss: number;
}

const { config, file, instances, programs, same, state, place } = workerData as Trainee;
const { batchSize, imageSize, augment, seed } = config;
const pictures = readFileSync(file);
const size = 3 * SIDE * SIDE;

/** Two views of each of `batchSize` programs that differ. */
function viewsAt(step: number): Float32Array[] {
  const views = [0, 1].map(() => new Float32Array(batchSize * 3 * imageSize ** 2));
  const taken = new Set<number>();
  for (let n = 0, draw = 0; n < batchSize; draw++) {
    const random = philox([step, draw, place, 1], seed, 0);
    const program = programs[random[0] % programs.length]!;
    if (taken.has(program)) continue;
    taken.add(program);
    const first = random[1] % instances;
    const other = random[2] / 2 ** 32 < same ? first : random[3] % instances;
    [first, other].forEach((instance, v) => {
      const at = size * (program * instances + instance);
      const image = { data: pictures.subarray(at, at + size), width: SIDE, height: SIDE };
      const drawn = drawParameters(augment, seed, step, `${program}/${instance}`, 2 * place + v, SIDE, SIDE);
      augmentView(image, drawn, imageSize, views[v]!, n * 3 * imageSize ** 2);
    });
    n++;
  }
  return views;
}

const session = await TrainingSession.create(config, state, { device: 'cpu', threads: 1 });
const idle = timedInputs(config);
parentPort!.on('message', (task: Task) => {
  void (async () => {
    session.writeState(task.state);
    let loss = 0;
    for (const [i, rate] of task.rates.entries()) {
      const views = viewsAt(task.from + i);
      const measured = await session.step({ ...idle, views, learningRate: rate, predictorLearningRate: rate });
      loss += measured.loss / task.rates.length;
    }
    parentPort!.postMessage({ state: await session.readState(), loss } satisfies Outcome);
  })();
});
