/** Choosing among many runs: what of them is found by typing, and in which order they are offered. */
import { expect, it } from 'vitest';
import { matching, runGroups } from '../../../src-renderer/lib/run-choices.ts';
import { hasWords } from '../../../src-renderer/lib/with-name.ts';
import { I18n } from '../../../src-renderer/state/i18n.svelte.ts';
import { runRecord as run } from '../../helpers/records.ts';

const judgement = { verdict: 'collapsed', key: 'collapsed', sentence: '', values: {}, advice: [] } as const;
const experiment = { experimentId: 'e', study: 'predictor', armId: 'a', seed: 0 } as const;
const runs = [
  run('Owls 2', { state: 'finished', datasetName: 'Birds of prey', judgement: { ...judgement, advice: [] } }),
  run('An arm', { state: 'finished', datasetName: 'Birds of prey', experiment }),
  run('Owls 1', { state: 'stopped', datasetName: 'Cells', createdAt: Date.UTC(2026, 0, 2, 12) }),
];

it('each word that is typed is looked for by itself, in any case and order, and within one text', () => {
  expect(hasWords(['Birds of prey', 'Stopped'], ' stop  BIRD ')).toBe(2);
  expect(hasWords(['Birds of prey', 'Stopped'], 'birds running')).toBe(0);
  expect(hasWords(['one', 'two'], 'onetwo')).toBe(0);
  expect(hasWords([], '')).toBe(2);
});

it('what begins a word comes before what is within one', () => {
  expect(hasWords(['Attempt 142'], '42')).toBe(1);
  expect(hasWords(['Attempt 1422, 42nd'], '42')).toBe(2);
  const attempts = ['Attempt 142', 'Attempt 42', 'Attempt 420'].map((name) => run(name));
  const [found] = matching(runGroups(new I18n(), attempts), 'attempt 42');
  expect(found!.choices.map(({ name }) => name)).toEqual(['Attempt 42', 'Attempt 420', 'Attempt 142']);
});

it('runs are offered in their order, those of the Lab after all others, each with what tells it from others', () => {
  const [own, ofLab] = runGroups(new I18n(), runs, ({ id }) => `run:${id}`);
  expect(own!.choices.map(({ id }) => id)).toEqual(['run:Owls 2', 'run:Owls 1']);
  expect(own!.choices[1]!.details).toEqual(['Stopped', 'Cells', 'Jan 2, 2026']);
  expect(ofLab).toMatchObject({ name: 'The Lab’s', choices: [{ name: 'An arm' }] });
});

it('runs are found by name, folder, state and verdict, in the words of the language, and no group is left empty', () => {
  const i18n = new I18n();
  const names = (typed: string) =>
    matching(runGroups(i18n, runs), typed).map(({ choices }) => choices.map(({ name }) => name));
  expect(names('')).toEqual([['Owls 2', 'Owls 1'], ['An arm']]);
  expect(names('owl prey')).toEqual([['Owls 2']]);
  expect(names('collapsed')).toEqual([['Owls 2']]);
  expect(names('finished')).toEqual([['Owls 2'], ['An arm']]);
  expect(names('arm')).toEqual([['An arm']]);
  expect(names('nothing')).toEqual([]);
  i18n.language = 'zh-CN';
  expect(names('已停止')).toEqual([['Owls 1']]);
});
