/** Pure parts of the window: addresses, settings by path, form fields, drafts. */
import { describe, expect, it } from 'vitest';
import { RunConfig } from '../../../shared/config.ts';
import { cameraName } from '../../../src-renderer/lib/camera-text.ts';
import { verdictTone } from '../../../src-renderer/lib/verdict-tone.ts';
import { formatCounts, formatName } from '../../../src-renderer/lib/formats.ts';
import { fieldOf, fields, readField } from '../../../src-renderer/lib/fields.ts';
import { difference, flatten, getAt, nest, setAt } from '../../../src-renderer/lib/patch.ts';
import { drafts } from '../../../src-renderer/lib/draft.ts';
import { nearTile } from '../../../src-renderer/lib/near-tile.ts';
import { parentFolders } from '../../../src-renderer/lib/parent-folders.ts';
import { I18n } from '../../../src-renderer/state/i18n.svelte.ts';
import { PhotoNames } from '../../../src-renderer/state/photo-names.svelte.ts';
import { parseRoute, writeRoute } from '../../../src-renderer/state/router.svelte.ts';
import type { Route } from '../../../src-renderer/state/router.svelte.ts';
import { fakeClient, settled } from './fake.ts';

describe('addresses', () => {
  it('survive being written and read', () => {
    const routes: Route[] = [
      { place: 'library', id: null, query: {} },
      { place: 'monitor', id: 'a b/ü', query: {} },
      { place: 'new', id: null, query: { clone: 'r1', advice: 'x&y=z' } },
    ];
    for (const route of routes) expect(parseRoute(writeRoute(route))).toEqual(route);
  });

  it('with an escape that was cut off keep it as it is', () => {
    expect(parseRoute('#/monitor/a%E0%A')).toEqual({ place: 'monitor', id: 'a%E0%A', query: {} });
    expect(parseRoute('#/new?clone=%E0').place).toBe('new');
  });

  it('of an unknown place lead to Welcome', () => {
    for (const hash of ['', '#', '#/nowhere/x', '#/../etc']) expect(parseRoute(hash).place).toBe('welcome');
  });
});

it('the folders that a folder is in come nearest first, on any system', () => {
  expect(parentFolders('/photos/spain/2026/')).toEqual(['/photos/spain', '/photos', '/']);
  expect(parentFolders('C:\\Users\\Ann\\My photos')).toEqual(['C:\\Users\\Ann', 'C:\\Users', 'C:\\']);
  expect(parentFolders('/photos')).toEqual(['/']);
  for (const alone of ['/', 'C:\\', 'photos', '']) expect(parentFolders(alone)).toEqual([]);
});

it('formats of a folder are said when all of its photos have one', () => {
  expect(formatCounts({ formats: { jpeg: 50 }, images: 1200 })).toEqual([]); // listed, and some looked at
  const formats = { png: 200, jpeg: 1000 };
  expect(formatCounts({ formats, images: 1200 })).toEqual([
    ['jpeg', 1000],
    ['png', 200],
  ]);
});

it('formats are called as they are written', () => {
  expect(['jpeg', 'webp', 'jxl', 'raw'].map(formatName)).toEqual(['JPEG', 'WebP', 'JPEG XL', 'RAW']);
});

it('a run of which nothing is judged yet is shown neither well nor ill', () => {
  expect(verdictTone({ verdict: 'healthy', key: 'early' })).toBe('early');
  expect(verdictTone({ verdict: 'healthy', key: 'healthy' })).toBe('good');
  expect(verdictTone({ verdict: 'collapsed', key: 'collapsed' })).toBe('bad');
});

it('a camera is called by its maker once', () => {
  expect(['Canon Canon EOS 5D', 'Z 6', 'NIKON CORPORATION NIKON D750', 'sony SONY A7'].map(cameraName)).toEqual([
    'Canon EOS 5D',
    'Z 6',
    'NIKON CORPORATION NIKON D750',
    'SONY A7',
  ]);
});

it('a tile of a list is called after its file, and before that is known by its number', async () => {
  const { client } = fakeClient({ 'library.names': ({ imageIds }) => imageIds.map((id) => `cats/${id}.jpg`) });
  const names = new PhotoNames(client);
  const neighbour = { imageId: 'a', similarity: 0.5, closer: 0.9 };
  const tile = () => nearTile({ i18n: new I18n(), names }, neighbour, 2, 9, 'explore.nearDetail');
  expect(tile().name).toBe('Photo 3');
  await settled(60);
  expect(tile()).toMatchObject({ name: 'cats/a.jpg', detail: expect.stringMatching(/^Number 3 of 9 by likeness/) });
});

describe('settings by path', () => {
  it('are read, set on a copy and taken out again', () => {
    const before = { augment: { flip: 0.5 }, epochs: 3 };
    const after = setAt(before, 'augment.jitter', 0);
    expect(after).toEqual({ augment: { flip: 0.5, jitter: 0 }, epochs: 3 });
    expect(before).toEqual({ augment: { flip: 0.5 }, epochs: 3 });
    expect(getAt(after, 'augment.jitter')).toBe(0);
    expect(setAt({ augment: { flip: 1 } }, 'augment.flip', undefined)).toEqual({});
    expect(nest({ 'optimizer.momentum': 0.8, seed: 1 })).toEqual({ optimizer: { momentum: 0.8 }, seed: 1 });
    expect(flatten(nest({ 'a.b': 1, c: null }))).toEqual([
      ['a.b', 1],
      ['c', null],
    ]);
  });

  it('differ where they were changed', () => {
    const base = RunConfig.parse({});
    const config = RunConfig.parse({ batchSize: 32, augment: { flip: 0 }, epochs: 5 });
    expect(difference(config, base)).toEqual({ batchSize: 32, augment: { flip: 0 }, epochs: 5 });
  });
});

describe('fields', () => {
  it('give every setting a control that takes its default', () => {
    for (const field of fields()) {
      const { control, default: value } = field;
      if (control.kind === 'choice') expect(control.options).toContain(value);
      else if (control.kind === 'switch') expect(typeof value).toBe('boolean');
      else if (control.kind === 'number' && value !== null) {
        expect(control.min === null || Number(value) >= control.min).toBe(true);
        expect(control.max === null || Number(value) <= control.max).toBe(true);
      }
      expect(field.meta.label && field.meta.reason).toBeTruthy();
    }
  });

  it('know their limits and steps', () => {
    expect(fieldOf('imageSize')!.control).toEqual({ kind: 'number', min: 16, max: 512, step: 8, slider: false });
    expect(fieldOf('augment.flip')!.control).toEqual({ kind: 'number', min: 0, max: 1, step: 0.01, slider: true });
    expect(fieldOf('stopGradient')!.control).toEqual({ kind: 'switch' });
    expect(fieldOf('innerSteps')!.control).toEqual({ kind: 'text' });
  });

  it('read what was typed', () => {
    expect(readField(fieldOf('batchSize')!, ' 64 ')).toBe(64);
    expect(readField(fieldOf('epochs')!, '')).toBeNull();
    expect(readField(fieldOf('batchSize')!, 'many')).toBe('many'); // the application says what is wrong with it
    expect(readField(fieldOf('innerSteps')!, 'epoch')).toBe('epoch');
    expect(readField(fieldOf('innerSteps')!, '10')).toBe(10);
  });
});

describe('a draft', () => {
  const storage = () => {
    const held = new Map<string, string>();
    return {
      getItem: (key: string) => held.get(key) ?? null,
      setItem: (key: string, value: string) => void held.set(key, value),
      removeItem: (key: string) => void held.delete(key),
    };
  };

  it('is there after a reload, under the address it was written at, until it is sent', () => {
    const held = storage();
    drafts<{ name: string }>('form', held).keep({ dataset: 'd' }, { name: 'mine' });
    const reloaded = drafts<{ name: string }>('form', held);
    expect(reloaded.read({ dataset: 'd' })).toEqual({ name: 'mine' });
    expect(reloaded.read({})).toBeNull();
    expect(drafts('other', held).read({ dataset: 'd' })).toBeNull();
    reloaded.keep({}, { name: 'other' });
    expect(reloaded.read({ dataset: 'd' })).toEqual({ name: 'mine' });
    reloaded.forget({ dataset: 'd' });
    expect([reloaded.read({ dataset: 'd' }), reloaded.read({})]).toEqual([null, { name: 'other' }]);
  });

  it('that cannot be read or kept does no harm', () => {
    const held = storage();
    held.setItem('lookalike.form {}', '{');
    expect(drafts('form', held).read({})).toBeNull();
    const refused = () => {
      throw new Error('storage is full, or off');
    };
    const form = drafts('form', { ...held, setItem: refused, removeItem: refused });
    expect(() => form.keep({}, {})).not.toThrow();
    expect(() => form.forget({})).not.toThrow();
  });
});
