/** What an evaluation is asked for with, and how an address keeps it: no DOM. */
import { describe, expect, it } from 'vitest';
import { usualTemperature } from '../../../shared/contract.ts';
import type { Evaluation } from '../../../shared/contract.ts';
import { Evaluate } from '../../../src-renderer/state/evaluate.svelte.ts';
import { EvaluationForm } from '../../../src-renderer/state/evaluation-form.svelte.ts';
import { Tasks } from '../../../src-renderer/state/tasks.svelte.ts';
import { datasetRecord, runRecord } from '../../helpers/records.ts';
import { fakeClient } from './fake.ts';

const classes = ['owl', 'hawk'].map((name) => ({ name, images: 400 }));
const labels = { source: 'folders', depth: 1, classes } as const;
const folders = [
  datasetRecord('birds', { images: 8000, labels }),
  datasetRecord('plain'),
  datasetRecord('split', { images: 40, labels, heldOutPhotos: 8 }),
];
const byId = <T extends { id: string }>(all: readonly T[]) => ({
  get: (id: string | null) => all.find((one) => one.id === id),
});

/** The form beside a run of a folder; null: beside none. */
function formOf(datasetId: string | null) {
  const runs = datasetId === null ? [] : [runRecord('run', { datasetId })];
  const choice = { runId: runs[0]?.id ?? null, checkpointId: null };
  return new EvaluationForm(choice, { runs: byId(runs), library: byId(folders) });
}

describe('an evaluation', () => {
  it('can begin where there is a run and photos with labels: its own, or those of another folder', () => {
    const forms = [formOf(null), formOf('plain'), formOf('birds')];
    expect(forms.map(({ canStart }) => canStart)).toEqual([false, false, true]);
    const elsewhere = formOf('plain');
    elsewhere.trainId = 'birds';
    expect(elsewhere.canStart).toBe(true);
  });

  it('takes as many neighbours as is usual for the photos that vote, until a number is typed', () => {
    const form = formOf('birds');
    expect(form.neighbours).toBe(200);
    form.trainId = 'split';
    expect(form.neighbours).toBe(20);
    form.neighbours = 3;
    form.trainId = null;
    expect(form.request).toMatchObject({ runId: 'run', k: 3, trainDatasetId: null, testDatasetId: null });
  });

  it('is not asked for while a number is missing, or where there is no run', () => {
    const form = formOf('birds');
    form.neighbours = null;
    expect(form.request).toBeNull();
    form.neighbours = 5;
    form.temperature = null;
    expect(form.request).toBeNull();
    expect(formOf(null).request).toBeNull();
  });

  it('tests what is held out where something is, else each photo by the others, or a share of them', () => {
    const form = formOf('birds');
    expect(form.testedWithin).toBe('leaveOneOut');
    form.kind = 'linear';
    expect(form.testedWithin).toBe('counted');
    form.trainId = 'split';
    expect(form.testedWithin).toBe('heldOut');
  });
});

describe('its address', () => {
  const named = (form: EvaluationForm) =>
    Object.fromEntries(Object.entries(form.address).filter(([, value]) => value !== undefined));

  it('names what is not usual, and reads the same again', () => {
    const form = formOf('birds');
    expect(named(form)).toEqual({});
    const query = { kind: 'linear', train: 'split', test: 'birds', k: '7', t: '0.5', solver: 'lars' };
    form.read(query);
    expect(named(form)).toEqual(query);
    form.read({});
    expect(named(form)).toEqual({});
    expect(form).toMatchObject({ kind: 'knn', trainId: null, temperature: usualTemperature, solver: 'lbfgs' });
  });

  it('keeps a number that was taken away as that, and passes over what is none or is not there', () => {
    const form = formOf('birds');
    form.read({ k: '', t: 'warm', kind: 'magic', solver: 'luck', train: 'gone' });
    expect(form).toMatchObject({ kind: 'knn', solver: 'lbfgs', trainId: null, neighbours: null, temperature: null });
    expect(named(form)).toEqual({ k: '', t: '' });
  });
});

describe('the cell that an address names', () => {
  const result = { id: 'e', createdAt: 1, classes: ['owl', 'hawk'] } as unknown as Evaluation;
  const page = () => {
    const { client, calls } = fakeClient({ 'evaluate.list': () => [result], 'evaluate.cell': () => ['photo'] });
    return { evaluate: new Evaluate(client, new Tasks(client)), calls };
  };

  it('is kept until its evaluation is known, then opened with its photo', async () => {
    const { evaluate } = page();
    const query = { result: 'e', cell: '0-1', photo: 'photo' };
    evaluate.read(query);
    expect(evaluate.address).toEqual(query);
    await evaluate.openNamed();
    expect(evaluate.cell).toBeNull(); // nothing is open yet
    await evaluate.load();
    await evaluate.openNamed();
    expect(evaluate).toMatchObject({
      cell: { actual: 0, predicted: 1, imageIds: ['photo'] },
      photo: 'photo',
      named: null,
    });
    expect(evaluate.address).toEqual(query);
    evaluate.read({ result: 'e', cell: '0-1' });
    expect(evaluate.address).toEqual({ result: 'e', cell: '0-1', photo: undefined });
    evaluate.read({ result: 'e' });
    expect(evaluate.cell).toBeNull();
    evaluate.read({});
    expect(evaluate.address).toEqual({});
  });

  it('is asked for by nobody where the evaluation has no such classes', async () => {
    const { evaluate, calls } = page();
    await evaluate.load();
    for (const cell of ['0-2', '5-0', 'owl']) {
      evaluate.read({ result: 'e', cell });
      await evaluate.openNamed();
      expect(evaluate).toMatchObject({ cell: null, photo: null, named: null });
    }
    expect(calls.filter(([method]) => method === 'evaluate.cell')).toEqual([]);
  });
});
