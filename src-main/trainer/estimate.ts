/** The estimate job: a plan for this machine, with `measure` from real steps on views of noise. */
import type { EstimateJob } from '../../shared/contract/job.ts';
import { channelsOf } from '../../shared/input.ts';
import { hasTeacher, TEACHER_NUMBERS, viewsOf } from '../../shared/methods/index.ts';
import type { Plan } from '../../shared/plan.ts';
import { createTraining, initialState } from '../engine/index.ts';
import { rememberSpeed } from './calibration.ts';
import { cardName, machineFor, planOn } from './machine.ts';
import { timedInputs } from './schedule.ts';

/** Steps that warm up and are not counted, and those that are: more where they are short, so that one undisturbed is among them. */
const WARM_STEPS = 1;
const TIMED_STEPS = { least: 3, most: 20, seconds: 2 };

export async function estimate(job: EstimateJob): Promise<Plan> {
  const { config, images } = job;
  const machine = await machineFor(config, job);
  const planned = planOn(machine, { config, images });
  if (!job.measure || planned.refusals.length > 0) return planned;
  const { device, threads } = machine;
  const session = await createTraining(config, initialState(config, images), { device, threads });
  try {
    const views = viewsOf(config).map(({ size }) =>
      Float32Array.from(
        { length: config.batchSize * channelsOf(config) * size ** 2 },
        (_, i) => Math.sin(i * 12.9898) * 2,
      ),
    );
    const numbers = Float32Array.from({ length: config.batchSize }, (_, i) => i);
    const targets = hasTeacher(config) ? new Float32Array(config.batchSize * TEACHER_NUMBERS).fill(1) : undefined;
    const times: number[] = [];
    const firstBegan = performance.now();
    const isEnough = () =>
      times.length >=
      WARM_STEPS + (performance.now() - firstBegan < 1000 * TIMED_STEPS.seconds ? TIMED_STEPS.most : TIMED_STEPS.least);
    while (!isEnough()) {
      const began = performance.now();
      await session.step({ views, images: numbers, targets, ...timedInputs(config) });
      times.push((performance.now() - began) / 1000);
    }
    const secondsPerStep = Math.min(...times.slice(WARM_STEPS));
    await rememberSpeed(job.cacheDirectory, config, cardName(config, job.device), threads, secondsPerStep);
    return planOn(machine, { config, images, secondsPerStep });
  } finally {
    await session.close();
  }
}
