/** Small parts of the window rendered to text, as a server would: what they say, and what they leave out. No DOM. */
import { render } from 'svelte/server';
import { expect, it, vi } from 'vitest';
import { ImageInfo } from '../../../shared/contract.ts';
import { epochMetrics, experimentRecord, labRow, probeMetrics, runRecord } from '../../helpers/records.ts';
import InApp from '../../helpers/InApp.svelte';
import DuplicateGroup from '../../../src-renderer/parts/DuplicateGroup.svelte';
import PhotoGroup from '../../../src-renderer/parts/PhotoGroup.svelte';
import Charts from '../../../src-renderer/places/monitor/Charts.svelte';
import Numbers from '../../../src-renderer/places/monitor/Numbers.svelte';
import GivenWeights from '../../../src-renderer/places/new/GivenWeights.svelte';
import Legend from '../../../src-renderer/charts/Legend.svelte';
import TileView from '../../../src-renderer/grid/TileView.svelte';
import Results from '../../../src-renderer/places/lab/Results.svelte';
import CsvFigures from '../../../src-renderer/places/library/CsvFigures.svelte';
import { dashOf } from '../../../src-renderer/charts/dashes.ts';
import { App } from '../../../src-renderer/state/app.svelte.ts';
import { Curves } from '../../../src-renderer/state/monitor.svelte.ts';
import { fakeClient } from './fake.ts';

// what draws on a canvas asks for a window as it is loaded
vi.mock('../../../src-renderer/charts/setup.ts', () => ({ Chart: class {} }));

/** A component as HTML. */
function rendered(of: unknown, props: Record<string, unknown>, language = 'en'): string {
  const app = new App({
    client: fakeClient({}).client,
    desktop: null,
    languages: [language],
    address: { hash: '', replace: () => {}, onChange: () => () => {} },
  });
  return render(InApp, { props: { app, of, ...props } }).body.replace(/<!--.*?-->/g, '');
}

/** What it says, a line for each of its elements. */
const shown = (...of: Parameters<typeof rendered>): string[] =>
  rendered(...of)
    .replaceAll('<wbr/>', '') // where a line may end
    .split(/<[^>]*>/)
    .map((text) => text.replace(/\s+/g, ' ').trim())
    .filter(Boolean);

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

it('a figure has one value in its tile and above its chart, from that of the untrained network on', () => {
  const curves = new Curves();
  const run = runRecord('r', { untrained: probeMetrics });
  const lines = [{ id: 'r', name: 'r', color: '#0f7b93', curves }];
  /** What stands beside a name, which may have its definition behind it. */
  const beside = (said: string[], ...names: string[]) =>
    names.map((name) => said.slice(said.indexOf(name)).find((text) => text !== name && text.length < 12));
  const tiles = (...names: string[]) => beside(shown(Numbers, { run, curves, version: 0 }), ...names);
  const charts = (...names: string[]) => beside(shown(Charts, { lines, version: 0 }), ...names);
  const steps = [-0.2, -0.9].map((loss, i) => ({ ...epochMetrics(1), loss, step: 9 + i }));

  curves.fill(run, { epochs: [], steps: steps.slice(0, 1) });
  expect(tiles('Loss', 'Effective rank, features', 'kNN accuracy')).toEqual(['−0.200', '30.0', '40.0 %']);
  expect(charts('Loss', 'features', 'kNN accuracy')).toEqual(['−0.200', '30.0', '40.0 %']);
  curves.fill(run, { epochs: [epochMetrics(1, { loss: -0.55, knn: 0.5 })], steps });
  expect(tiles('Loss', 'kNN accuracy')).toEqual(['−0.550', '50.0 %']);
  expect(charts('Loss', 'kNN accuracy')).toEqual(['−0.550', '50.0 %']);
});

it('of several runs, one that never had a figure has no line of it', () => {
  const curves = (more: object) => {
    const own = new Curves();
    own.fill(runRecord('r', { untrained: { ...probeMetrics, ...more } }), {
      epochs: [epochMetrics(1, more)],
      steps: [],
    });
    return own;
  };
  const labelled = { id: 'a', name: 'a', color: '#0f7b93', curves: curves({ knn: 0.5 }) };
  const unlabelled = { id: 'b', name: 'b', color: '#b0261c', curves: curves({ knn: null }) };
  const said = shown(Charts, { lines: [labelled, unlabelled], version: 0 });
  expect(said).toEqual(expect.arrayContaining(['a: kNN accuracy', 'a: agreement', 'b: agreement']));
  expect(said).not.toContain('b: kNN accuracy');
});

it('photos of a group of duplicates are told by name, size and date', () => {
  const photo = (id: string, more: object) =>
    ImageInfo.parse({
      ...{ id, file: `cats/${id}.jpg`, width: 640, height: 480, bytes: 25_000, modifiedAt: 1.5e12, format: 'jpeg' },
      ...{ label: null, heldOut: false, excluded: false, ...more },
    });
  const photos = [
    photo('a', {}),
    photo('b', { width: 64, height: 48, bytes: 900, taken: Date.UTC(2026, 10, 28, 14, 3, 5) }),
  ];
  const group = { kind: 'picture', photos, why: 'pixels' };
  const props = { group, kept: new Set(['a']), onkeep: () => {}, onexclude: () => {}, onopen: () => {} };
  expect(shown(DuplicateGroup, props)).toEqual([
    ...['2 photos', 'Exclude the other one'],
    ...['cats/a.jpg', '640 × 480 px · 25 kB', expect.stringContaining('2017'), 'Keep', 'Suggested: most pixels'],
    ...['cats/b.jpg', '64 × 48 px · 900 bytes', expect.stringMatching(/^taken Nov 28, 2026, 2:03/), 'Keep'],
  ]);
  expect(rendered(DuplicateGroup, props)).toContain('aria-label="cats/b.jpg"');
  const named = { ...props, group: { ...group, photos: [photo('n014_tiger-shark', {}), photos[1]!] } };
  expect(rendered(DuplicateGroup, named)).toContain('cats/<wbr/>n014_<wbr/>tiger-<wbr/>shark<wbr/>.jpg<');
});

it('photos that do not fit into a group are behind a button that says how many', () => {
  const imageIds = Array.from({ length: 147 }, (_, i) => `i${i}`);
  const html = rendered(PhotoGroup, { imageIds, title: '147 photos', most: 16, onopen: () => {} });
  expect(html.match(/<img/g)).toHaveLength(16);
  expect(html).toMatch(/<button[^>]*>\+ 131 more<\/button>/);
});

it('an arm of a study says in its table what is said of it in sentences, in both languages', () => {
  const rows = [
    labRow('with', true, { outcome: 'notLearned' }), // its own training shows nothing wrong
    labRow('without', false, { outcome: 'collapsed', verdict: 'suspicious' }),
  ];
  const of = (language: string) => shown(Results, { experiment: experimentRecord('e', { rows }) }, language).join(' ');
  expect(of('en')).toMatch(/Outcome .*Did not learn .*Collapsed/);
  expect(of('en')).not.toMatch(/Verdict|Healthy|Suspicious|Learning/);
  expect(of('zh-CN')).toMatch(/结果 .*没有学到东西 .*已坍缩/);
});

it('tags of a photo leave it to be seen: beyond six of them there are five and how many more', () => {
  const dots = (count: number) => {
    const tile = { id: 'a', name: 'a', marks: Array.from({ length: count }, () => '#000000') };
    const place = { index: 0, count: 1, pixels: 96, captions: false, side: 96, left: 0, top: 0 };
    const html = rendered(TileView, { tile, ...place, isActive: true, isSelected: false });
    return [html.match(/<i /g)?.length ?? 0, /<b[^>]*>\+(\d+)</.exec(html)?.[1]];
  };
  expect([0, 1, 6, 7, 60].map(dots)).toEqual([
    [0, undefined],
    [1, undefined],
    [6, undefined],
    [5, '2'],
    [5, '55'],
  ]);
});

it('a legend shows the whole dash of the second run of a colour, which would look as the first does', () => {
  const lines = [0, 1].map((twins) => ({
    id: `${twins}`,
    label: 'a',
    color: '#000000',
    dash: dashOf(0, twins),
    buckets: [],
  }));
  const html = rendered(Legend, { lines, format: String });
  const found = [...html.matchAll(/<svg width="(\d+)".*?stroke-dasharray="([\d ]*)"/g)];
  const room = found.map(
    ([, width, dash]) => Number(width) - dash!.split(' ').reduce((sum, text) => sum + Number(text), 0),
  );
  expect(room).toHaveLength(2);
  expect(Math.min(...room)).toBeGreaterThan(0);
});
