/** The trial of ways to begin: its plan, how one is chosen, what it says, and the settings that go on with it. */
import { describe, expect, it } from 'vitest';
import { mergeConfig, parseConfig, patchFromAssignment } from '../../shared/config.ts';
import type { LabCell } from '../../shared/contract.ts';
import type { JobImage } from '../../shared/contract/job.ts';
import { choiceOf } from '../../shared/lab/beginningFindings.ts';
import { beginningArms, bestBeginning, choicePatch, TRIAL_PHOTOS } from '../../shared/lab/beginnings.ts';
import { findings } from '../../shared/lab/findings.ts';
import { PhotoKind } from '../../shared/lab/photoKind.ts';
import { studyPlan } from '../../shared/lab/plan.ts';
import { tableRows } from '../../shared/lab/table.ts';
import type { LabFacts } from '../../shared/lab/arms.ts';
import { findingText } from '../../shared/messages/lab.ts';
import { presetPatch } from '../../shared/presets.ts';
import { piecesOf } from '../../src-main/app/compute/lists.ts';
import { partOf } from '../../src-main/app/runs/part.ts';
import { labFacts } from '../helpers/labFacts.ts';

const planOf = (more: Partial<LabFacts> = {}) =>
  studyPlan({ study: 'which-way', minutes: 1.2, seeds: 1, linear: false }, labFacts(more));

describe('the plan of a trial', () => {
  it('takes about five minutes, in the network that has starting weights, whatever the device', () => {
    const { arms, seconds, refusals } = planOf({ slow: false });
    expect(refusals).toEqual([]);
    expect(seconds).toBeLessThan(330);
    for (const { config } of arms) {
      expect(config).toMatchObject({ method: 'simclr', backbone: { width: 0.25, stem: 'small' }, minutes: null });
    }
    expect(arms.map(({ config }) => config.backbone.init)).toEqual(['rendered', 'rendered', 'rendered', 'random']);
  });

  it('trains all arms alike but for the one that is kept, whose weights stay', () => {
    const [kept, ...others] = planOf().arms;
    expect(kept).toMatchObject({ armId: 'kept', config: { epochs: 1 } });
    expect(kept!.config.optimizer.baseLearningRate).toBeLessThan(1e-6);
    expect(kept!.seconds).toBeLessThan(others[0]!.seconds);
    expect(new Set(others.map(({ steps }) => steps)).size).toBe(1);
    expect(others[0]!.config.epochs).toBeGreaterThan(1);
  });

  it('sees a part of a large folder, and the whole of a small one', () => {
    expect(planOf({ images: TRIAL_PHOTOS, part: true }).arms.map(({ config }) => config.photos)).toEqual(
      Array(4).fill(TRIAL_PHOTOS),
    );
    expect(planOf().arms[0]!.config.photos).toBeNull();
  });

  it('of hardly a photo is refused for that, not for a setting that nobody made', () => {
    for (const images of [1, 2, 7])
      expect(planOf({ images }).refusals.map(({ key }) => key)).toEqual(['no-images.few']);
    expect(planOf({ images: 8 }).refusals).toEqual([]);
  });

  it('lets views differ as the photos bear it', () => {
    const augment = (kind: PhotoKind) => planOf({ kind }).arms[2]!.config.augment;
    expect(augment('noUp').verticalFlip).toBe(0.5);
    expect(augment('upright').cropScaleMin).toBeGreaterThan(augment('any').cropScaleMin);
    expect(augment('colour')).toMatchObject({ grayscale: 0 });
  });

  it('has one more way where an encoder may teach, which the table shows where it was tried', () => {
    const teacher = { from: 'my teacher.onnx', weight: 0.5, origin: '', licence: '' };
    const plan = planOf({ teacher });
    expect(planOf().arms.map(({ armId }) => armId)).not.toContain('taught');
    expect(plan.arms.map(({ armId }) => armId)).toEqual([...planOf().arms.map(({ armId }) => armId), 'taught']);
    expect(plan.arms.at(-1)!.config).toMatchObject({ teacher, backbone: { init: 'rendered' } });
    expect([plan.teacher, planOf().teacher]).toEqual([teacher.from, undefined]);
    const rows = (...ids: string[]) => tableRows(tableOf(ids.map((id) => cell(id, 0.5)))).map(({ armId }) => armId);
    expect(rows('kept')).not.toContain('taught');
    expect(rows('kept', 'taught')).toContain('taught');
    expect(choiceOf(tableOf([cell('kept', 0.4), cell('taught', 0.7)]), 'any', teacher.from)).toMatchObject({
      armId: 'taught',
      patch: { 'teacher.from': teacher.from, 'backbone.init': 'rendered' },
    });
  });

  it('asks every photo of a small folder, as few of them tell nothing', () => {
    expect(planOf({ images: 250 }).asked).toBe(250);
    expect(planOf({ images: 250, labelled: false }).asked).toBe(125);
    expect(planOf({ images: TRIAL_PHOTOS }).asked).toBe(1000);
  });

  it('goes by the label-free quality where there are no labels', () => {
    expect(planOf({ labelled: false }).notes.map(({ key }) => key)).toContain('noLabelsQuality');
    expect(planOf().measure).toBe('knn');
    expect(planOf({ labelled: false }).measure).toBe('quality');
  });
});

const tried = (armId: string, mean: number | null, verdict: 'healthy' | 'collapsed' = 'healthy') => ({
  armId,
  mean,
  verdict,
});

describe('the choice', () => {
  it('is the best that is trained', () => {
    const rows = [tried('kept', 0.3), tried('gentle', 0.4), tried('continued', 0.5), tried('scratch', 0.2)];
    expect(bestBeginning(rows)).toMatchObject({ best: { armId: 'continued' }, next: { armId: 'gentle' } });
  });

  it('is the weights as they are only where they are ahead by more than training would gain at once', () => {
    expect(bestBeginning([tried('kept', 0.41), tried('continued', 0.4)])!.best.armId).toBe('continued');
    expect(bestBeginning([tried('kept', 0.5), tried('continued', 0.4)])!.best.armId).toBe('kept');
  });

  it('is never an arm that collapsed, and none before there is a figure', () => {
    expect(bestBeginning([tried('scratch', 0.6, 'collapsed'), tried('gentle', 0.4)])!.best.armId).toBe('gentle');
    expect(bestBeginning([tried('gentle', null)])).toBeNull();
  });

  it.each(beginningArms.map(({ id }) => id))('of %s is a configuration over the preset quick', (armId) => {
    for (const kind of PhotoKind.options) {
      const patch = choicePatch(armId, kind);
      const quick = presetPatch('quick', { images: 1200, device: 'cpu' });
      const set = Object.entries(patch).map(([key, value]) => patchFromAssignment(`${key}=${String(value)}`));
      const config = parseConfig(mergeConfig(quick, ...set));
      expect(config.backbone).toMatchObject({ init: armId === 'scratch' ? 'random' : 'rendered', width: 0.25 });
      expect(config.epochs).toBe(armId === 'kept' ? 1 : null);
      expect(config.augment).toEqual(planOf({ kind }).arms[0]!.config.augment);
    }
  });

  it('names the network too, as a preset of a graphics card has another', () => {
    const card = presetPatch('quick', { images: 1200, device: 'cuda' });
    const set = Object.entries(choicePatch('continued', 'any')).map(([key, value]) =>
      patchFromAssignment(`${key}=${String(value)}`),
    );
    expect(parseConfig(mergeConfig(card, ...set)).backbone).toMatchObject({
      init: 'rendered',
      width: 0.25,
      stem: 'small',
    });
  });
});

const cell = (armId: string, knn: number | null, more: Partial<LabCell> = {}): LabCell => ({
  armId,
  seed: 0,
  runId: armId,
  color: '#0072b2',
  state: 'finished',
  progress: 1,
  etaSeconds: null,
  seconds: 60,
  figures: {
    epoch: 16,
    loss: 4,
    knn,
    agreement: 0.4,
    quality: 0.8,
    rank: 40,
    zStd: 0.95,
    verdict: 'healthy',
    untrained: { knn: knn && 0.25, agreement: 0.1, quality: 0.5, rank: 20 },
    free: 0.35,
  },
  linear: null,
  error: null,
  ...more,
});
const tableOf = (cells: LabCell[], measure: 'knn' | 'quality' = 'knn') => ({
  study: 'which-way' as const,
  images: 1200,
  measure,
  asked: 1000,
  seeds: 1,
  cells,
});
const said = (cells: LabCell[]) =>
  findings(tableOf(cells)).map((finding) => findingText('en', finding, 'which-way', 1200));

describe('what a trial says', () => {
  const clear = [cell('kept', 0.4), cell('gentle', 0.42), cell('continued', 0.6), cell('scratch', 0.3)];

  it('is a sentence with the best way, and what costs nothing beside it', () => {
    const [first, second] = said(clear);
    expect(first).toBe(
      'Go on with “Starting weights, trained on”: 60.0 %, 18.0 points ahead of “Starting weights, trained on gently”.',
    );
    expect(second).toContain('35.0 %');
    expect(choiceOf(tableOf(clear), 'noUp')).toMatchObject({
      armId: 'continued',
      close: false,
      patch: { 'backbone.init': 'rendered', 'augment.verticalFlip': 0.5 },
    });
  });

  it('says where chance decided, and where nothing is better than pixels', () => {
    const near = [cell('gentle', 0.31), cell('continued', 0.3)];
    expect(said(near)[0]).toContain('no more than chance');
    expect(said(near)[1]).toContain('None is better yet');
    expect(choiceOf(tableOf(near), 'any')!.close).toBe(true);
  });

  it('is that nothing could be tried, where every way failed', () => {
    const failed = ['kept', 'gentle'].map((armId) => cell(armId, null, { state: 'failed', figures: null }));
    expect(said(failed)).toEqual(['None of the 2 ways could be tried: what hindered each is said with it.']);
    expect(said([failed[0]!, cell('scratch', null, { state: 'queued', figures: null })])).toEqual([]);
  });

  it('goes by the quality where there are no labels, and chooses nothing for the paper’s studies', () => {
    const better = cell('gentle', null);
    better.figures!.quality = 0.95;
    const unlabelled = tableOf([better, cell('scratch', null)], 'quality');
    expect(choiceOf(unlabelled, 'any')!.armId).toBe('gentle');
    // Its agreement, not its quality, stands beside the agreement of what costs nothing.
    expect(findings(unlabelled).map(({ key, values }) => [key, values])).toEqual([
      ['beginningBest', { mean: 95, gain: 15 }],
      ['beginningAgreement', { mean: 40, free: 35 }],
    ]);
    expect(tableRows(unlabelled).map(({ free }) => free)).toEqual([null, null, null, null]);
    expect(choiceOf({ ...tableOf(clear), study: 'methods' }, 'any')).toBeNull();
    expect(findings(tableOf([]))).toEqual([]);
  });
});

describe('the part of a folder', () => {
  const image = (i: number, heldOut = false): JobImage => ({
    id: String(i),
    path: `/photos/${i}.png`,
    file: `${i}.png`,
    bytes: 1,
    modified: 1,
    label: i < 60 ? 'a' : 'b',
    heldOut,
  });
  const all = Array.from({ length: 120 }, (_, i) => image(i, i % 10 === 0));

  it('is spread evenly over it, with all that is held out, and is the whole where none is asked for', async () => {
    const whole = piecesOf(() => all);
    const part = (await Array.fromAsync(partOf({ photos: 27 }, 108, whole)())).flat();
    const taken = part.filter(({ heldOut }) => !heldOut);
    expect(taken).toHaveLength(27);
    expect(part).toHaveLength(27 + 12);
    expect(taken.filter(({ label }) => label === 'a').length).toBeCloseTo(13.5, -0.5);
    expect(partOf({ photos: null }, 108, whole)).toBe(whole);
    expect(partOf({ photos: 500 }, 108, whole)).toBe(whole);
  });
});
