/** Small parts of the window rendered to text, as a server would: what they say, and what they leave out. No DOM. */
import { render } from 'svelte/server';
import { expect, it } from 'vitest';
import InApp from '../../helpers/InApp.svelte';
import GivenWeights from '../../../src-renderer/places/new/GivenWeights.svelte';
import CsvFigures from '../../../src-renderer/places/library/CsvFigures.svelte';
import { App } from '../../../src-renderer/state/app.svelte.ts';
import { fakeClient } from './fake.ts';

/** What a component says, a line for each of its elements. */
function shown(of: unknown, props: Record<string, unknown>, language = 'en'): string[] {
  const app = new App({
    client: fakeClient({}).client,
    desktop: null,
    languages: [language],
    address: { hash: '', replace: () => {}, onChange: () => () => {} },
  });
  const { body } = render(InApp, { props: { app, of, ...props } });
  return body
    .replace(/<!--.*?-->/g, '')
    .split(/<[^>]*>/)
    .map((text) => text.replace(/\s+/g, ' ').trim())
    .filter(Boolean);
}

it('known weights are told of in the language of the window, save their names', () => {
  const form = { value: () => '', set: () => {} };
  const english = shown(GivenWeights, { form, file: '' }).join(' ');
  expect(english).toContain('CC-BY-NC-4.0; not for commercial use; trained on ImageNet without labels');
  const chinese = shown(GivenWeights, { form, file: '' }, 'zh-CN').join(' ');
  expect(chinese).toContain('CC-BY-NC-4.0；不可商用；在 ImageNet 上不带类别训练');
  expect(chinese).not.toMatch(/trained|labels|commercial/);
});

const none = { count: 0, some: [] };
const report = {
  ...{ rows: 5, matched: 3, labelled: 3, grouped: 0, test: 0 },
  how: { path: 3, name: 0, absolute: 0, case: 0, ending: 0 },
  ...{ withoutPhoto: none, withoutRow: none, contradicted: none },
};

it('a CSV whose lines all found their photo is said in one sentence', () => {
  expect(shown(CsvFigures, { report })).toEqual(['3 photos have a label from 5 lines.']);
});

it('what a CSV leaves over is listed by kind, what contradicts itself first, and how unsure matches were made', () => {
  const others = {
    ...report,
    ...{ grouped: 2, test: 1 },
    how: { path: 1, name: 1, absolute: 0, case: 2, ending: 0 },
    withoutPhoto: { count: 30, some: ['x.jpg', '<b>.jpg'] },
    withoutRow: { count: 1, some: ['cats/2.jpg'] },
    contradicted: { count: 1, some: ['cats/1.jpg'] },
  };
  expect(shown(CsvFigures, { report: others })).toEqual([
    '3 photos have a label from 5 lines. 2 photos are in a group. 1 is held out by the split.',
    '1 by their name alone; 2 in other case',
    ...['1 photo has lines that say different things: the last counts', 'cats/1.jpg'],
    ...['30 lines name no photo of this folder', 'x.jpg', '&lt;b>.jpg'],
    ...['1 photo has no line', 'cats/2.jpg'],
  ]);
  expect(shown(CsvFigures, { report: others }, 'zh-CN').join(' ')).not.toMatch(/[a-z]{2,} [a-z]{2,}/);
});
