/** What a folder's measured values are: one range from a sample of its files, kept, with what a person should know. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { findingsOf, measure, photoFile, ruleOf } from '../../src-main/app/library/measuring.ts';
import type { RuleChange } from '../../src-main/app/library/measuring.ts';
import type { DatasetRow, ImageRow, Store } from '../../src-main/db/index.ts';
import { decodeBytes } from '../../src-main/images/index.ts';
import { measureFile } from '../../src-main/images/decode/measure.ts';
import { normalisationOf, parseRanges } from '../../src-main/images/index.ts';
import type { ImageSource, PixelRule } from '../../src-main/images/index.ts';
import { nameOfSource } from '../../src-main/images/pool/source.ts';
import { bandScene } from '../helpers/bands.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { encode, png, tiff, values } from '../helpers/rasters.ts';

const folder = sharedFolder('measuring');

const grey = (low: number, high: number) => tiff({ type: 'u16', pixels: encode(values(low, high), 'u16') });

/**
 * A folder of these files.
 * @param looking called before each file that is measured
 */
function folderOf(
  files: Record<string, Buffer>,
  first: Partial<Pick<DatasetRow, 'input' | 'findings'>>,
  parts: Record<string, string[]> = {},
  looking = (_: { row: DatasetRow }) => {},
) {
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  const kept = { row: { id: 'd', folder, input: '{}', findings: '{}', ...first } as DatasetRow };
  const store = {
    images: {
      *sampling() {
        yield;
        return Object.keys(files).flatMap((file) =>
          (parts[file] ?? ['']).map((part) => ({ id: `${file}${part}`, file, part }) as ImageRow),
        );
      },
    },
    datasets: {
      get: () => kept.row,
      update: (_: string, patch: Partial<DatasetRow>) => (kept.row = { ...kept.row, ...patch }),
    },
  } as unknown as Store;
  const pool = {
    measure: (source: ImageSource, _signal?: AbortSignal, rule?: PixelRule) => {
      looking(kept);
      const path = nameOfSource(source);
      return measureFile(path, readFileSync(path), { maxPixels: 1e6, timeout: 5 }, rule!);
    },
  };
  const { signal } = new AbortController();
  return { kept, measure: (change?: RuleChange) => measure({ store, pool }, kept.row, signal, change) };
}

/** A folder of these files, measured. */
async function measured(
  files: Record<string, Buffer>,
  input: Partial<PixelRule> = {},
  anew = false,
  parts: Record<string, string[]> = {},
): Promise<DatasetRow> {
  const { kept, measure } = folderOf(files, { input: JSON.stringify(input) }, parts);
  await measure({ settings: {}, anew });
  return kept.row;
}

const keysOf = (row: DatasetRow) => findingsOf(row).warnings.map(({ key }) => key);

describe('measuring a folder', () => {
  it('finds one range for the files of a kind, by which their pictures compare', async () => {
    const [dim, bright] = [grey(100, 400), grey(100, 4000)];
    const row = await measured({ 'a.tif': dim, 'b.tif': bright });
    const rule = ruleOf(row);
    expect(rule.ranges).toMatch(/^uint16x1 1\d\d\.\.3\d{3}$/);
    const brightest = async (file: Buffer) => Math.max(...(await decodeBytes('x', file, {}, rule)).data);
    expect(await brightest(bright)).toBe(255);
    expect(await brightest(dim)).toBeLessThan(30);
    expect(keysOf(row)).toEqual(['note.range']);
    expect(findingsOf(row).warnings[0]!.message).toMatch(/^Measured values \(16-bit, 1 band\) are shown from 1\d\d /);
    const [kind] = findingsOf(row).kinds;
    expect(kind).toMatchObject({ kind: 'uint16x1', files: 2, valid: 1 });
    expect(kind!.histogram.reduce((sum, count) => sum + count, 0)).toBe(2 * 48 * 48);
  });

  it('keeps a range that stands, adds kinds that are new, and measures anew when asked', async () => {
    const files = { 'a.tif': grey(100, 400), 'c.tif': tiff({ type: 'f32', pixels: encode(values(0, 1), 'f32') }) };
    const kept = await measured(files, { ranges: 'uint16x1 0..1000' });
    expect(ruleOf(kept).ranges).toMatch(/^uint16x1 0\.\.1000; float32x1 /);
    const mixed = findingsOf(kept).warnings.find(({ key }) => key === 'note.mixed');
    expect(mixed?.message).toContain('(32-bit floating point, 1 band; 16-bit, 1 band)');
    expect(ruleOf(await measured(files, { ranges: 'uint16x1 0..1000' }, true)).ranges).toMatch(
      /^float32x1 .*; uint16x1 1/,
    );
  });

  it('keeps a change of the rule with what is measured by it, or neither', async () => {
    let [isCut, seen] = [false, ''];
    const { kept, measure } = folderOf({ 'a.tif': bandScene(0, 1) }, {}, {}, ({ row }) => {
      seen = row.input;
      if (isCut) throw new Error('killed');
    });
    await measure();
    const before = kept.row;
    isCut = true;
    await expect(measure({ settings: { bands: '4,5,4' }, anew: false })).rejects.toThrow('killed');
    expect(kept.row).toEqual(before);
    isCut = false;
    await measure({ settings: { bands: '4,5,4' }, anew: false });
    expect(seen).toBe(before.input); // until all was measured
    const [was, is] = [before, kept.row].map((row) => parseRanges(ruleOf(row).ranges)[0]!);
    expect([is!.kind, ruleOf(kept.row).bands]).toEqual(['uint16x3', '4,5,4']);
    expect(was!.high[0]! > 3000 && is!.high[0]! < 3000).toBe(true);
    const given = { bands: '1,2,3', ranges: 'uint16x3 1..9' };
    await measure({ settings: given, anew: false });
    expect(ruleOf(kept.row).ranges).toMatch(/^uint16x3 1\.\.9;/);
    await measure(); // of a reading
    expect(ruleOf(kept.row).ranges).toMatch(/^uint16x3 1\.\.9;/);
  });

  it('measures again where the rule was changed meanwhile', async () => {
    let changes = 0;
    const { kept, measure } = folderOf({ 'a.tif': bandScene(0, 1) }, {}, {}, (kept) => {
      if (changes++ === 0) kept.row = { ...kept.row, input: JSON.stringify({ bands: '4,5,4', channels: 'grey' }) };
    });
    await measure({ settings: { percentiles: 1 }, anew: false });
    expect(ruleOf(kept.row)).toMatchObject({ bands: '4,5,4', channels: 'grey', percentiles: 1 });
    expect(parseRanges(ruleOf(kept.row).ranges)[0]!.high[0]).toBeLessThan(3000);
  });

  it.each([
    ['pages as photos of their own', { page: 'each' as const }, '{"kinds":[],"by":{"page":"auto"}}'],
    ['the brightest page', { page: 'max' as const }, '{"kinds":[],"by":{"page":2}}'],
    ['chosen bands that an earlier version kept the range of others for', { bands: '4,5,3' }, '{"kinds":[]}'],
  ])('measures what was measured by another rule anew: %s', async (_, rule, findings) => {
    const input = JSON.stringify({ ...rule, ranges: 'uint16x3 0..60000; uint16x1 0..60000' });
    const page = { type: 'u16' as const, pixels: encode(values(0, 900), 'u16') };
    const files = { 'a.tif': 'bands' in rule ? bandScene(0, 1) : tiff(page, page) };
    const { kept, measure } = folderOf(files, { input, findings });
    await measure();
    const ranges = parseRanges(ruleOf(kept.row).ranges);
    expect(ranges.length).toBeGreaterThan(0);
    for (const { high } of ranges) expect(Math.max(...high)).toBeLessThan(6000);
    const now = kept.row;
    await measure();
    expect(kept.row).toEqual(now);
  });

  it('keeps what an earlier version measured by the rule that nobody has changed', async () => {
    const first = { input: JSON.stringify({ ranges: 'uint16x1 0..1000' }), findings: '{"kinds":[]}' };
    const { kept, measure } = folderOf({ 'a.tif': grey(100, 400) }, first);
    await measure();
    expect(ruleOf(kept.row).ranges).toBe('uint16x1 0..1000');
  });

  it('names a file once as an example, however many tiles of it were measured', async () => {
    const files = { 'tiles.tif': grey(0, 500), 'whole.tif': grey(0, 500) };
    const row = await measured(files, {}, false, { 'tiles.tif': ['xywh=0,0,9,9', 'xywh=9,0,9,9'] });
    expect(findingsOf(row).looked).toBe(3);
    expect(findingsOf(row).examples.toSorted()).toEqual(['tiles.tif', 'whole.tif']);
  });

  it('warns of 12 and 16 bits in one folder, of which one range shows the first nearly black', async () => {
    const row = await measured({ 'a.tif': grey(100, 4000), 'b.tif': grey(100, 60000), 'c.tif': grey(50, 3000) });
    const { message } = findingsOf(row).warnings.find(({ key }) => key === 'note.mixed-depths')!;
    expect(message).toMatch(/^In 2 of 3 files \(16-bit, 1 band\) values end at 3\d{3}, in others they reach 4\d{4}: /);
    expect(keysOf(await measured({ 'a.tif': grey(100, 4000), 'b.tif': grey(50, 300) }))).toEqual(['note.range']);
  });

  it('does nothing for photos, whose thumbnails stay the ones they were', async () => {
    const row = await measured({
      'a.png': png(Buffer.alloc(48 * 48 * 3, 7), 8, true),
      'b.jpg': Buffer.from('no matter'),
    });
    expect([row.input, row.findings]).toEqual(['{}', '{}']);
    const photo = { id: 'x', file: 'b.jpg', bytes: 1, modified: 2 } as ImageRow;
    expect(photoFile({ ...row, input: '{"ranges":"uint16x1 0..9"}' }, photo).rule).toBe('');
    expect(photoFile({ ...row, input: '{"ranges":"uint16x1 0..9"}' }, { ...photo, file: 'b.tif' }).rule).not.toBe('');
  });

  it.each([
    ['masks', () => values(0, 3).map(Math.round), 'note.few-values'],
    ['constants', () => values(9, 9), 'note.all-constant'],
    ['mostly nothing', () => values(0, 1000).map((value, i) => (i % 3 ? 65000 : value)), 'note.nodata'],
  ])('%s are told', async (_, numbers, key) => {
    const nodata = key === 'note.nodata' ? '65000' : undefined;
    const row = await measured({ 'a.tif': tiff({ type: 'u16', nodata, pixels: encode(numbers(), 'u16') }) });
    expect(keysOf(row)).toContain(key);
  });

  it('finds a range, a mean and a deviation for each of many bands, and tells of a dead one and of all', async () => {
    const row = await measured({ 'a.tif': bandScene(0, 1), 'b.tif': bandScene(1, 2) });
    const rule = ruleOf(row);
    const [picture, bands] = parseRanges(rule.ranges);
    expect([picture!.kind, bands!.kind, bands!.low.length]).toEqual(['uint16x3', 'uint16x5b', 5]);
    expect(bands!.high[0]! > 3000 && bands!.high[4]! < 900).toBe(true);
    const { mean, std } = normalisationOf({ ...rule, channels: 5 });
    expect(mean.every((value) => value > 0.3 && value < 0.7) && std.every((value) => value > 0.1)).toBe(true);
    expect(keysOf(row)).toEqual(['note.range', 'note.all-bands', 'note.in-files']);
    expect(findingsOf(row).bands).toBe(5);
    expect(keysOf(await measured({ 'a.tif': bandScene(0, 1) }, { channels: 5 }))).not.toContain('note.all-bands');
    const grey = tiff({ type: 'u16', pixels: encode(values(0, 900), 'u16') });
    const { warnings } = findingsOf(await measured({ 'a.tif': bandScene(0, 1), 'b.tif': grey }, { channels: 5 }));
    expect(warnings.find(({ key }) => key === 'note.mixed-bands')?.values).toEqual({ counts: '1, 5' });

    const pixels = Buffer.from(values(0, 255, [1, 0.5, 0, 0.7]).map(Math.round));
    const eight = tiff({ type: 'u8', samples: 4, extra: [0], photometric: 2, pixels });
    const other = await measured({ 'a.tif': eight, 'b.tif': bandScene(0, 1) });
    expect(ruleOf(other).ranges).not.toContain('uint8'); // 8 bits stay
    expect(ruleOf(other).statistics).toMatch(/^4 .*; 5 /);
    expect(keysOf(other)).toEqual(expect.arrayContaining(['note.mixed-bands', 'note.dead-band']));
  });

  it('tells of photos that are masks, black or transparent everywhere, among how many that was looked at', async () => {
    const raw = { width: 48, height: 48, channels: 1 as const };
    const file = (level: (value: number) => number) =>
      sharp(Buffer.from(values(0, 255).map(level)), { raw }).toColourspace('b-w');
    const row = await measured({
      'a.png': await file((value) => Math.floor(value / 64)).png().toBuffer(), // prettier-ignore
      'b.png': await file((value) => Math.floor(value / 12)).png().toBuffer(), // prettier-ignore
      'c.png': await file(Math.round).ensureAlpha(0).png().toBuffer(), // prettier-ignore
      'd.png': await file(Math.round).png().toBuffer(),
    });
    expect(findingsOf(row).warnings.map(({ message }) => message.replace(/:.*/s, ''))).toEqual(
      ['a', 'b', 'c'].map((name) => `In 1 of 4 files that were looked at, such as ${name}.png`),
    );
    expect(findingsOf(row).warnings.map(({ values }) => (values!.note as { key: string }).key)).toEqual([
      'note.mask',
      'note.nearly-black',
      'note.transparent',
    ]);
  });

  it('tells what of files is not used, with their number', async () => {
    const page = { type: 'u16' as const, pixels: encode(values(0, 900), 'u16') };
    const row = await measured({ 'a.tif': tiff(page, page, page), 'b.tif': tiff(page) });
    expect(findingsOf(row).warnings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^In 1 of 2 files .*a\.tif: 2 more pages are not used/),
    );
  });

  it('a fixed range in which there is hardly anything to see is told', async () => {
    const row = await measured({ 'a.tif': grey(100, 400) }, { rule: 'fixed', low: 0, high: 60000 });
    expect(keysOf(row)).toContain('note.dark');
  });
});
