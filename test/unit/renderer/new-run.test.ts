/** The form of a new run, and what advice changes in it. Over the real wire with answers of the test: no DOM. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../shared/config.ts';
import { weightsOfRun } from '../../../shared/weights.ts';
import { advicePatch } from '../../../src-renderer/lib/advice.ts';
import { I18n } from '../../../src-renderer/state/i18n.svelte.ts';
import { suggestedPreset } from '../../../src-renderer/lib/presets.ts';
import { NewRun } from '../../../src-renderer/state/new-run.svelte.ts';
import { reason } from '../../../shared/reason.ts';
import { refusal } from '../../../shared/refusal.ts';
import { runRecord as run } from '../../helpers/records.ts';
import { fakeClient, settled } from './fake.ts';

describe('NewRun', () => {
  const estimate = {
    seconds: 60,
    memoryBytes: 1e9,
    diskBytes: 1e8,
    epochs: 10,
    stepsPerEpoch: 5,
    basis: 'predicted' as const,
  };
  const planner = (params: { patch: Record<string, unknown> }) => {
    const batchSize = Number((params.patch.batchSize as number | undefined) ?? 64);
    return {
      config: parseConfig({ batchSize }),
      estimate,
      notes: [],
      refusals:
        batchSize > 100
          ? [refusal('batchSize', 50, reason('cannot-start.batch', { batchSize, images: 100, suggestion: 50 }))]
          : [],
    };
  };

  it('refuses to start what the plan refuses, and one click mends it', async () => {
    const { client } = fakeClient({ 'runs.plan': planner, 'library.previewViews': () => [] });
    const form = new NewRun(client);
    form.choose('d');
    expect(form.canStart).toBe(false);
    await settled(60);
    expect(form.canStart).toBe(true);
    form.set('batchSize', 4096);
    await settled(260);
    expect(form.canStart).toBe(false);
    expect(form.refusalOf('batchSize')!.suggestion).toBe(50);
    form.fix(form.plan!.refusals[0]!);
    await settled(260);
    expect(form.value('batchSize')).toBe(50);
    expect(form.canStart).toBe(true);
  });

  it('does not lose a start that comes while it is planned anew', async () => {
    const { client } = fakeClient({ 'runs.plan': planner, 'library.previewViews': () => [] });
    const form = new NewRun(client);
    form.choose('d');
    await settled(60);
    const created: unknown[] = [];
    const create = (params: unknown) => (created.push(params), Promise.resolve(run('r')));
    form.setText('batchSize', '32'); // the field is left by pressing the button
    expect(form.canStart).toBe(true);
    expect(await form.start(create)).toMatchObject({ id: 'r' });
    expect(created).toMatchObject([{ patch: { batchSize: 32 } }]);
    form.setText('batchSize', '4096');
    expect(await form.start(create)).toBeNull(); // refused by the plan that it waited for
    expect(created).toHaveLength(1);
  });

  it('is measured by epochs as soon as a person says so, and keeps them where that is said again', async () => {
    const planned = { config: parseConfig({ minutes: 2, epochs: null }), estimate, notes: [], refusals: [] };
    const { client } = fakeClient({ 'runs.plan': () => planned, 'library.previewViews': () => [] });
    const form = new NewRun(client);
    form.choose('d');
    await settled(60);
    expect(form.length).toBe('minutes');
    form.measureBy('epochs'); // its field is there before the plan is
    expect(form.length).toBe('epochs');
    form.setText('epochs', '2');
    form.measureBy('epochs');
    expect([form.length, form.value('epochs')]).toEqual(['epochs', 2]);
    form.measureBy('minutes');
    expect(form.length).toBe('minutes');
  });

  it('unmarks a setting that is put back to what the preset has', async () => {
    const { client } = fakeClient({ 'runs.plan': planner, 'library.previewViews': () => [] });
    const form = new NewRun(client);
    form.choose('d');
    await settled(60);
    const before = form.value('batchSize') as number;
    form.set('batchSize', before / 2);
    expect(form.isChanged('batchSize')).toBe(true);
    form.set('batchSize', before);
    expect(form.isChanged('batchSize')).toBe(false);
    expect(form.patch).toEqual({});
  });

  it('has either epochs or minutes', async () => {
    const { client } = fakeClient({ 'runs.plan': planner, 'library.previewViews': () => [] });
    const form = new NewRun(client);
    form.set('minutes', 5);
    expect(form.patch).toEqual({ minutes: 5, epochs: null });
    form.set('epochs', 20);
    expect(form.patch).toEqual({ minutes: null, epochs: 20 });
    form.set('epochs', undefined);
    expect(form.patch).toEqual({});
  });

  it('clones a run with the change that was advised', async () => {
    const fake = fakeClient({ 'runs.plan': planner, 'library.previewViews': () => [] });
    const form = new NewRun(fake.client);
    form.cloneOf(run('r', { config: parseConfig({ batchSize: 32, epochs: 7 }) }), {
      'optimizer.baseLearningRate': 0.02,
    });
    await settled(60);
    const planned = fake.calls.filter(([method]) => method === 'runs.plan').map(([, params]) => params);
    expect(planned).toContainEqual({
      datasetId: 'd',
      preset: null,
      patch: { batchSize: 32, epochs: 7, optimizer: { baseLearningRate: 0.02 } },
    });
    expect(form.clonedFrom).toBe('r');
  });

  it('takes over what a trial ended in, over the preset it is of', async () => {
    const fake = fakeClient({ 'runs.plan': planner, 'library.previewViews': () => [] });
    const form = new NewRun(fake.client);
    form.preset = 'thorough';
    form.take('d', { 'backbone.init': 'rendered', epochs: 1, minutes: null });
    await settled(60);
    expect(fake.calls.filter(([method]) => method === 'runs.plan').map(([, params]) => params)).toContainEqual({
      datasetId: 'd',
      preset: 'quick',
      patch: { backbone: { init: 'rendered' }, epochs: 1, minutes: null },
    });
  });

  it('says beside the field what a setting may be, in both languages', async () => {
    const refused = (patch: object) => {
      try {
        parseConfig(patch);
      } catch (error) {
        return error as Error;
      }
      throw new Error('not refused');
    };
    const form = new NewRun(
      fakeClient({
        'runs.plan': ({ patch }) => {
          throw refused(patch);
        },
      }).client,
    );
    form.choose('d');
    form.set('batchSize', 1_000_000);
    await settled(300);
    expect(form.isWrong('batchSize')).toBe(true);
    expect(form.isWrong('epochs')).toBe(false);
    const i18n = new I18n();
    const limit = '4096';
    expect(i18n.error(form.problemOf('batchSize'))).toContain(limit);
    i18n.language = 'zh-CN';
    expect(i18n.error(form.problemOf('batchSize'))).toMatch(new RegExp(`\\p{Script=Han}.*${limit}`, 'u'));
    expect(form.problemOf('epochs')).toBeNull();
    form.close();
  });

  it('suggests a longer preset for more photos', () => {
    expect([500, 10_000, 50_000].map(suggestedPreset)).toEqual(['quick', 'balanced', 'thorough']);
  });
});

describe('advice', () => {
  const advice = [
    { key: 'lastHealthy', text: '', patch: null },
    { key: 'learningRateDown', text: '', patch: { 'optimizer.baseLearningRate': 0.01 } },
  ];
  const fallen = (healthyCheckpointId: string | null) =>
    run('r', {
      healthyCheckpointId,
      judgement: { verdict: 'collapsed', key: 'collapsed', sentence: '', values: {}, advice },
    });

  it('goes back to the last healthy checkpoint, at a lower rate', () => {
    expect(advicePatch(fallen('c3'), 'lastHealthy')).toEqual({
      'backbone.init': 'run:r@c3',
      'optimizer.baseLearningRate': 0.01,
    });
    expect(weightsOfRun('run:r@c3')).toEqual({ runId: 'r', checkpointId: 'c3' });
    expect(weightsOfRun('run:r')).toEqual({ runId: 'r', checkpointId: null });
    expect(advicePatch(fallen(null), 'lastHealthy')).toEqual({});
    expect(advicePatch(fallen(null), 'learningRateDown')).toEqual({ 'optimizer.baseLearningRate': 0.01 });
  });
});
