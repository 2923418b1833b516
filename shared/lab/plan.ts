/**
 * A study as a plan for a folder and a budget. How many epochs its arms have follows from the time that the slowest one's
 * steps take, and is fixed before the start, never left to the clock of each arm. Pure: the facts of the machine, with the
 * measured seconds of a step, come in.
 */
import type { LabMeasure, LabPlan, LabRequest } from '../contract/lab.ts';
import type { PlanNote, Refusal } from '../contract/runs.ts';
import { counted } from '../messages/format.ts';
import { planRun } from '../plan.ts';
import { networkCost } from '../plan/cost.ts';
import { reason } from '../reason.ts';
import { refusal } from '../refusal.ts';
import { probeSizes } from '../probe.ts';
import { unlabelledMeasure } from './beginnings.ts';
import { scaledBatches, studyOf } from './studies.ts';
import type { Study } from './studies.ts';
import { PROBES, armConfig, armsOf } from './arms.ts';
import type { LabFacts } from './arms.ts';
import { PREPARATION, costOf, epochsWithin, secondsOf, secondsPerStep } from './cost.ts';
import type { Cost } from './cost.ts';

/** Fewer steps hardly tell arms apart; the verdict 'not learning' waits for two thirds of them. */
const ENOUGH_STEPS = 300;

/** @throws ConfigError never for the studies as they are: a test parses every arm */
export function studyPlan(
  request: Pick<LabRequest, 'study' | 'minutes' | 'seeds' | 'linear'>,
  facts: LabFacts,
): LabPlan {
  const study = studyOf(request.study);
  const { images } = facts;
  const arms = armsOf(study, facts);
  const perStep = secondsPerStep(study, facts);
  const costs = arms.map((arm) => costOf(armConfig(study, arm, facts, PROBES, 0), facts, perStep.get(arm.id)!));
  const epochs = Math.min(...costs.map((cost) => epochsWithin(cost, 60 * request.minutes, images)));
  const seconds = (cost: Cost) => secondsOf(cost, epochs, images);
  const slowest = costs.reduce((a, b) => (seconds(b) > seconds(a) ? b : a));
  const planned = arms.map((arm, i) => ({
    armId: arm.id,
    config: armConfig(study, arm, facts, epochs, 0),
    steps: costs[i]!.perEpoch * (arm.epochs ?? epochs),
    seconds: secondsOf(costs[i]!, arm.epochs ?? epochs, images),
  }));
  const plans = planned.map(({ armId, config }) =>
    planRun({ config, images, machine: facts.machine, secondsPerStep: perStep.get(armId)! }),
  );
  const unlabelled = unlabelledMeasure(study.id);
  const measure: LabMeasure = !facts.labelled ? unlabelled : request.linear ? 'linear' : 'knn';
  const asked = probeSizes(planned[0]!.config.probe, images, facts.heldOut);
  const split = facts.heldOut > 0 ? 'held-out' : 'leave-one-out';
  const linearSeconds = request.linear
    ? PREPARATION + (slowest.probe * images) / Math.max(1, asked.photos) + images / 300
    : 0;
  return {
    study: study.id,
    ...(study.paper === null && { kind: facts.kind ?? 'any' }),
    ...(facts.teacher && { teacher: facts.teacher.from }),
    images,
    epochs,
    measure,
    split,
    asked: measure === unlabelled ? asked.paired : split === 'held-out' ? asked.heldOut : asked.photos,
    arms: planned,
    seconds: request.seeds * planned.reduce((sum, arm) => sum + arm.seconds + linearSeconds, 0),
    memoryBytes: Math.max(...plans.map(({ estimate }) => estimate.memoryBytes)),
    diskBytes: diskBytes(planned, plans, request.seeds),
    basis: Object.keys(facts.measured).length > 0 ? 'measured' : 'predicted',
    refusals: refusals(plans, request, facts),
    notes: notes(study, request, facts, slowest, epochs),
  };
}

/** The photo cache is shared by the arms; checkpoints are not: two whole ones, the best, and a series of encoders. */
function diskBytes(planned: LabPlan['arms'], plans: ReturnType<typeof planRun>[], seeds: number): number {
  const checkpoints = planned.map(({ config }) => 6 * 8 * networkCost(config).parameters);
  return Math.max(...plans.map(({ estimate }) => estimate.diskBytes)) + seeds * checkpoints.reduce((a, b) => a + b, 0);
}

/** The refusals of all arms, each once however many arms it stops. */
function refusals(
  plans: ReturnType<typeof planRun>[],
  { linear }: Pick<LabRequest, 'linear'>,
  { labelled }: LabFacts,
): Refusal[] {
  const all = plans.flatMap((plan) => plan.refusals);
  const first = all.filter((refusal, i) => all.findIndex(({ setting }) => setting === refusal.setting) === i);
  if (linear && !labelled) first.push(refusal('linear', false, reason('cannot-start.linear')));
  return first;
}

function notes(
  study: Study,
  { minutes }: Pick<LabRequest, 'minutes'>,
  { images, labelled, busy }: LabFacts,
  slowest: Cost,
  epochs: number,
): PlanNote[] {
  const out: PlanNote[] = [];
  const { perEpoch } = slowest;
  const seconds = (count: number) => Math.ceil(secondsOf(slowest, count, images));
  if (images < 8) return out;
  if (!labelled && study.paper === null)
    out.push({
      key: 'noLabelsQuality',
      values: {},
      message: 'the folder has no labels: the ways are compared by the label-free quality',
    });
  else if (!labelled)
    out.push({
      key: 'noLabels',
      values: {},
      message: 'the folder has no labels: arms are compared by neighbour agreement',
    });
  if (seconds(1) > 60 * minutes)
    out.push({
      key: 'overBudget',
      values: { seconds: seconds(1) },
      message: `even one epoch of the slowest arm takes longer than the budget: about ${seconds(1)} s`,
    });
  if (perEpoch * epochs < ENOUGH_STEPS) {
    const values = {
      steps: perEpoch * epochs,
      minutes: Math.ceil((2 * seconds(Math.ceil(ENOUGH_STEPS / perEpoch))) / 60) / 2,
      enough: ENOUGH_STEPS,
    };
    out.push({
      key: 'fewSteps',
      values,
      message: `only ${counted(values.steps, 'step')} for an arm: about ${values.minutes} min for each would make ${values.enough}`,
    });
  }
  if (study.id === 'batch-size') {
    const [first] = scaledBatches(images);
    const factor = first!.paper / first!.batchSize;
    if (factor > 1)
      out.push({
        key: 'batches',
        values: { factor, images },
        message: `the paper's batch sizes are divided by ${factor}, so that the largest fits twice into ${images} photos`,
      });
  }
  if (study.id === 'alternation' && perEpoch < 100)
    out.push({
      key: 'longAlternation',
      values: { steps: perEpoch },
      message: `an epoch has ${counted(perEpoch, 'step')} here: 100 steps are more than an epoch`,
    });
  if (busy)
    out.push({
      key: 'busy',
      values: {},
      message: 'something else is training: the prediction is from earlier speeds, and the arms wait for it',
    });
  return out;
}
