/** The studies of the paper and the plan of one: its arms, what it trains on, and how long it takes. */
import { describe, expect, it } from 'vitest';
import type { LabRequest } from '../../shared/contract.ts';
import { LabPlan } from '../../shared/contract.ts';
import { armsToMeasure } from '../../shared/lab/cost.ts';
import { studyPlan } from '../../shared/lab/plan.ts';
import { referenceOf, scaledBatches, studies, studyOf } from '../../shared/lab/studies.ts';
import type { StudyId } from '../../shared/lab/studyId.ts';
import { labLookup } from '../../shared/messages/lab.ts';
import { labFacts } from '../helpers/labFacts.ts';

const languages = ['en', 'zh-CN'] as const;
const request = (study: StudyId, more: Partial<LabRequest> = {}) => ({
  study,
  minutes: 2,
  seeds: 1,
  linear: false,
  ...more,
});
const at = (value: unknown, path: string) =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);

describe('studies', () => {
  it('are those of the paper, each with its reference among its arms and different arms', () => {
    expect(studies.map(({ id }) => id)).toEqual([
      'stop-gradient',
      'predictor',
      'batch-size',
      'heads-bn',
      'similarity',
      'symmetry',
      'alternation',
      'moving-average',
      'output-dimension',
      'relations',
      'methods',
    ]);
    for (const study of studies) {
      const arms = study.arms({ images: 1200 });
      expect(arms.length).toBeGreaterThanOrEqual(2);
      expect(new Set(arms.map(({ id }) => id)).size).toBe(arms.length);
      expect(arms.map(({ id }) => id)).toContain(study.reference);
    }
  });

  it('have the numbers of the paper', () => {
    const top1 = (id: StudyId) =>
      studyOf(id)
        .arms({ images: 1e6 })
        .map(({ paper }) => paper.top1 ?? paper.outcome);
    expect(top1('stop-gradient')).toEqual([67.7, 0.1]);
    expect(top1('predictor')).toEqual([67.7, 0.1, 1.5, 68.1]);
    expect(top1('batch-size')).toEqual([66.1, 67.3, 68.1, 68.1, 68.0, 67.9, 64.0]);
    expect(top1('heads-bn')).toEqual([34.6, 67.4, 68.1, 'unstable']);
    expect(top1('relations')).toEqual([66.5, 66.4, 66.0, 66.5, 65.2, 'diverges']);
    expect(top1('methods').filter(Number.isFinite)).toEqual([66.5, 67.4, 66.5, 66.5, 68.1]);
  });

  it('scale the paper’s batch sizes to the folder', () => {
    expect(scaledBatches(1200).map(({ batchSize }) => batchSize)).toEqual([8, 16, 32, 64, 128, 256, 512]);
    expect(scaledBatches(1e6).map(({ batchSize }) => batchSize)).toEqual([64, 128, 256, 512, 1024, 2048, 4096]);
    expect(scaledBatches(40).map(({ paper, batchSize }) => [paper, batchSize])).toEqual([
      [1024, 4],
      [2048, 8],
      [4096, 16],
    ]);
    expect(referenceOf(studyOf('batch-size'), { images: 40 })).toBe('batch-1024');
  });
});

describe('a plan', () => {
  it('trains every arm on what the folder is shown as', () => {
    const input = { channels: 5, ranges: 'uint16x5b 0..1, 0..1, 0..1, 0..1, 0..1' };
    const { arms } = studyPlan(request('symmetry'), labFacts({ input }));
    for (const { config } of arms) expect(config.input).toMatchObject(input);
  });

  it.each(studies.map(({ id }) => id))(
    'of %s has configurations that can be trained, alike but for what is studied',
    (id) => {
      for (const images of [8, 40, 300, 1200, 50_000]) {
        const plan = LabPlan.parse(studyPlan(request(id), labFacts({ images })));
        expect(plan.refusals, `${images} photos`).toEqual([]);
        expect(Object.values(plan).every((value) => typeof value !== 'number' || Number.isFinite(value))).toBe(true);
        const configs = plan.arms.map(({ config }) => config);
        for (const alike of [
          'epochs',
          'minutes',
          'seed',
          'imageSize',
          'backbone',
          'augment',
          'probe',
          'device',
        ] as const)
          for (const config of configs) expect(config[alike], alike).toEqual(configs[0]![alike]);
        expect(configs[0]!.epochs).toBe(plan.epochs);
        const told = studyOf(id).settings.map((path) =>
          configs.map((config) => JSON.stringify(at(config, path))).join(),
        );
        expect(
          new Set(
            configs.map((config) =>
              studyOf(id)
                .settings.map((path) => at(config, path))
                .join(),
            ),
          ).size,
          told.join(),
        ).toBe(configs.length);
      }
    },
  );

  it('keeps the slowest arm within its minutes, and gives all arms its epochs', () => {
    for (const minutes of [1, 2, 10]) {
      const plan = studyPlan(request('symmetry', { minutes }), labFacts({ measured: { 'asymmetric-2x': 0.25 } }));
      const slowest = Math.max(...plan.arms.map(({ seconds }) => seconds));
      expect(slowest).toBeLessThanOrEqual(60 * minutes);
      expect(plan.arms.find(({ seconds }) => seconds === slowest)!.armId).toBe('asymmetric-2x');
      expect(plan.basis).toBe('measured');
    }
    const epochs = [1, 4, 16].map((minutes) => studyPlan(request('symmetry', { minutes }), labFacts()).epochs);
    expect(epochs[1]).toBeGreaterThan(3 * epochs[0]!);
    expect(epochs[2]).toBeGreaterThan(3 * epochs[1]!);
  });

  it('measures the slowest arm, and where batches differ the largest one too', () => {
    expect(armsToMeasure(studyOf('symmetry'), labFacts()).map(({ armId }) => armId)).toEqual(['asymmetric-2x']);
    expect(armsToMeasure(studyOf('batch-size'), labFacts()).map(({ armId }) => armId)).toEqual([
      'batch-64',
      'batch-4096',
    ]);
    const plan = studyPlan(
      request('batch-size', { minutes: 5 }),
      labFacts({ measured: { 'batch-64': 0.05, 'batch-4096': 2 } }),
    );
    const seconds = plan.arms.map((arm) => arm.seconds);
    expect(seconds[0]).toBe(Math.max(...seconds));
    expect(plan.arms.map(({ steps }) => steps / plan.epochs)).toEqual([150, 75, 37, 18, 9, 4, 2]);
  });

  it('warms up a tenth of the epochs from the paper’s 1024 on', () => {
    const { arms, epochs } = studyPlan(request('batch-size', { minutes: 10 }), labFacts());
    expect(arms.map(({ config }) => config.optimizer.warmupEpochs)).toEqual([
      0,
      0,
      0,
      0,
      0.1 * epochs,
      0.1 * epochs,
      0.1 * epochs,
    ]);
  });

  it('measures by agreement without labels, refuses a linear classifier there, and says how photos are asked', () => {
    const none = studyPlan(request('stop-gradient', { linear: true }), labFacts({ labelled: false }));
    expect(none).toMatchObject({ measure: 'agreement', refusals: [{ setting: 'linear' }] });
    expect(none.notes.map(({ key }) => key)).toContain('noLabels');
    expect(studyPlan(request('stop-gradient', { linear: true }), labFacts())).toMatchObject({
      measure: 'linear',
      refusals: [],
    });
    const held = studyPlan(request('stop-gradient', { minutes: 20 }), labFacts({ heldOut: 200 }));
    expect(held).toMatchObject({ measure: 'knn', split: 'held-out', asked: 200 });
    expect(studyPlan(request('stop-gradient', { minutes: 20 }), labFacts())).toMatchObject({
      split: 'leave-one-out',
      asked: 1000,
    });
  });

  it('says when a budget is too short to tell arms apart, and how long would do', () => {
    const short = studyPlan(request('stop-gradient', { minutes: 0.5 }), labFacts());
    const note = short.notes.find(({ key }) => key === 'fewSteps')!;
    const enough = studyPlan(request('stop-gradient', { minutes: Number(note.values['minutes']) }), labFacts());
    expect(enough.notes.map(({ key }) => key)).not.toContain('fewSteps');
    expect(enough.arms[0]!.steps).toBeGreaterThanOrEqual(300);
  });

  it('has a translation for every note and every refusal of its own', () => {
    const plans = [
      studyPlan(request('batch-size', { minutes: 0.01, linear: true }), labFacts({ labelled: false, busy: true })),
      studyPlan(request('alternation', { minutes: 0.01 }), labFacts()),
    ];
    const notes = plans.flatMap((plan) => plan.notes);
    expect(new Set(notes.map(({ key }) => key))).toEqual(
      new Set(['noLabels', 'overBudget', 'fewSteps', 'batches', 'busy', 'longAlternation']),
    );
    for (const language of languages)
      for (const { key, values } of notes)
        expect(labLookup(language, `note.${key}`, values), key).not.toMatch(/\{|undefined/);
  });
});
