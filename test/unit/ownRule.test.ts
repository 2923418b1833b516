/**
 * A run whose rule for measured values is another than its folder's: what it leaves to be measured is measured by it, and
 * what its encoder is exported with says how its values were scaled.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { openingLines, prepareLines } from '../../src-main/export/prepareLines.ts';
import { measuredValues, preprocessingOf } from '../../src-main/export/preprocessing.ts';
import { measure, ruleOf } from '../../src-main/app/library/measuring.ts';
import { ruleFor } from '../../src-main/app/runs/rule.ts';
import type { AppContext } from '../../src-main/app/context.ts';
import type { DatasetRow, ImageRow, Store } from '../../src-main/db/index.ts';
import { defaultRule, normalisationOf, parseRanges } from '../../src-main/images/index.ts';
import type { ImageSource, PixelRule } from '../../src-main/images/index.ts';
import { measureFile } from '../../src-main/images/decode/measure.ts';
import { nameOfSource } from '../../src-main/images/pool/source.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { encode, png, tiff, values } from '../helpers/rasters.ts';

const folder = sharedFolder('own-rule');

/** Colours up to 500, and two bands of infrared, much brighter. */
const infrared = (more: number) =>
  tiff({
    type: 'u16',
    samples: 5,
    photometric: 1,
    extra: [0, 0, 0, 0],
    pixels: encode(values(more, 500 + more, [1, 0.9, 0.8, 80, 60]), 'u16'),
  });

/** A measured folder, and what a run with these settings makes of it. */
async function folderOf(files: Record<string, Buffer>) {
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  let row = { id: 'd', folder, input: '{}', findings: '{}' } as DatasetRow;
  let reads = 0;
  const store = {
    images: {
      *sampling() {
        yield;
        return Object.keys(files).map((file) => ({ id: file, file, part: '' }) as ImageRow);
      },
    },
    datasets: { get: () => row, update: (_: string, patch: Partial<DatasetRow>) => (row = { ...row, ...patch }) },
  } as unknown as Store;
  const pool = {
    measure: (source: ImageSource, _signal?: AbortSignal, rule?: PixelRule) => {
      reads++;
      const path = nameOfSource(source);
      return measureFile(path, readFileSync(path), { maxPixels: 1e6, timeout: 5 }, rule!);
    },
  } as unknown as AppContext['pool'];
  const closing = new AbortController().signal;
  await measure({ store, pool }, row, closing);
  const run = (asked: Partial<PixelRule>) =>
    ruleFor({ store, pool, closing }, row, { ...ruleOf(row), ...asked }, asked);
  /** The rule is another now, and nothing has been measured by it, as when a reading was cut off. */
  const change = (settings: Partial<PixelRule>) => (row = { ...row, input: JSON.stringify({ ...ruleOf(row), ...settings }) }); // prettier-ignore
  return { run, change, rule: ruleOf(row), reads: () => reads };
}

const said = (warnings: readonly { key: string; message: string }[], key: string) =>
  warnings.find((warning) => warning.key === key)?.message;

describe('the rule of a run', () => {
  it('measures the bands that it shows, not those that the folder shows', async () => {
    const { run, rule, reads } = await folderOf({ 'a.tif': infrared(0), 'b.tif': infrared(30) });
    expect(parseRanges(rule.ranges)[0]!.high[0]).toBeLessThan(700);
    const { input, findings } = await run({ bands: '4,5,3' });
    expect(parseRanges(input.ranges)[0]).toMatchObject({ kind: 'uint16x3' });
    expect(parseRanges(input.ranges)[0]!.high[0]).toBeGreaterThan(20000);
    expect(said(findings.warnings, 'note.range')).toMatch(/\(16-bit, 3 bands\) are shown from \d+ \(black\) to \d{5} /);
    const before = reads();
    await run({ bands: '4,5,3' });
    expect(reads()).toBe(before); // a plan is asked for many times
    await run({});
    expect(reads()).toBe(before);
    expect((await run({ bands: '4,5,3', ranges: 'uint16x3 1..9' })).input.ranges).toMatch(/^uint16x3 1\.\.9;/);
  });

  it('measures what its folder was not measured by yet', async () => {
    const { run, change } = await folderOf({ 'a.tif': infrared(0) });
    change({ bands: '4,5,3' });
    expect(parseRanges((await run({})).input.ranges)[0]!.high[0]).toBeGreaterThan(20000);
  });

  it('measures percentiles that it changes', async () => {
    const { run, rule } = await folderOf({ 'a.tif': infrared(0) });
    const [before, after] = [rule, (await run({ percentiles: 10 })).input].map(({ ranges }) => parseRanges(ranges)[0]!);
    expect(after!.high[0]).toBeLessThan(before!.high[0]!);
    expect(after!.low[0]).toBeGreaterThan(before!.low[0]!);
  });

  it('tells of all bands where it trains on them, and not of three that are shown', async () => {
    const { run } = await folderOf({ 'a.tif': infrared(0) });
    const { findings } = await run({ channels: 5 });
    expect(findings.warnings.map(({ key }) => key)).toEqual(['note.range']);
    expect(said(findings.warnings, 'note.range')).toMatch(
      /\(16-bit, 5 bands\) are shown from \d+, \d+, \d+, \d+, \d+ /,
    );
  });

  it('has the means of bands as it scales them', async () => {
    const { run } = await folderOf({ 'a.tif': infrared(0) });
    const means = async (asked: Partial<PixelRule>) =>
      normalisationOf((await run({ channels: 5, ...asked })).input).mean;
    const [dark] = await means({ rule: 'fixed', low: 0, high: 65535 });
    expect(dark).toBeLessThan(0.01);
    expect((await means({ rule: 'photo' }))[0]).toBeLessThan(0.01);
    expect((await means({ rule: 'file' }))[0]).toBeGreaterThan(0.1);
  });
});

it('a fixed range of which an end is missing is refused', async () => {
  const { run } = await folderOf({ 'a.tif': infrared(0) });
  await expect(run({ rule: 'fixed', low: 5 })).rejects.toThrow(
    /input\.low \(black\) to input\.high \(white\): set both/,
  );
});

describe('what is exported with measured values', () => {
  const of = (input: Partial<PixelRule>) => {
    const preprocessing = preprocessingOf({ imageSize: 32, input: { ...defaultRule, ...input } });
    return { text: preprocessing.description, lines: prepareLines(preprocessing) };
  };

  it('are mapped by the lines that load a file, by the rule of the run', () => {
    const ranges = 'uint16x1 103..1375; uint16x5b 0..9, 0..9, 0..9, 0..9, 0..9';
    const folder = of({ ranges });
    expect(folder.lines).toContain('low, high = 103, 1375  # of uint16x1\n');
    expect(folder.text).toContain('low to high of measured_values.ranges');
    const fixed = of({ ranges, rule: 'fixed', low: 0, high: 4095 });
    expect(fixed.lines).toContain('low, high = 0, 4095\n');
    expect(fixed.text).toContain('from measured_values.low to measured_values.high');
    const file = of({ ranges, rule: 'file', percentiles: 2 });
    expect(file.lines).toContain('valid[round((valid.size - 1) * 0.02)], valid[round((valid.size - 1) * 0.98)]');
    expect(file.text).toContain('the values at 2 and 98 percent');
    expect(of({ ranges: 'uint16x3 0..64000' }).lines).toContain('low, high = 128, 65408  #'); // photos of 16 bits
    expect(of({ ranges: 'uint8x3c 0..9', channels: 'grey' }).lines).toContain('.convert("L")');
    for (const { lines } of [folder, fixed, file]) expect(lines).not.toContain('ImageOps.exif_transpose');
    expect(of({}).lines).toContain('ImageOps.exif_transpose');
    expect(of({}).lines).toContain('Image.new("RGBA", photo.size, "white")'); // as photos are shown here
  });

  it('are said to be mapped by their own where a run of an earlier version has white below black', () => {
    const ranges = 'uint16x1 103..1375; uint16x5b 0..9, 0..9, 0..9, 0..9, 0..9';
    const upsideDown = { ranges, rule: 'fixed', low: 9, high: 3, percentiles: 2 } as const;
    const told = 'from 9 (black) to 3 (white), shows nothing and was not used';
    for (const rule of [upsideDown, { ...upsideDown, channels: 5 }]) {
      const { text, lines } = of(rule);
      expect(text).toContain('the values at 2 and 98 percent');
      expect(text).toContain(told);
      expect(text).not.toContain('measured_values.low');
      expect(lines).toContain('.size - 1) * 0.98)]');
      expect(preprocessingOf({ imageSize: 32, input: { ...defaultRule, ...rule } }).measured_values?.rule).toBe('file');
    }
    expect(of({ ...upsideDown, high: null }).text).toContain('to nothing (white)');
    expect(openingLines({ ...defaultRule, ...upsideDown })).toContain('.size - 1) * 0.98)]');
    expect(measuredValues({ ...defaultRule, ...upsideDown })).toMatchObject({ measured_values: { rule: 'file' } });
    expect(of({ ...upsideDown, low: 3, high: 9 }).text).not.toContain('not used');
  });

  it('are mapped so for a frozen encoder too', () => {
    const input = { ...defaultRule, ranges: 'uint16x1 103..1375' };
    expect(openingLines(input)).toContain('low, high = 103, 1375  # of uint16x1\n');
    expect(measuredValues(input)).toMatchObject({ measured_values: { ranges: 'uint16x1 103..1375' } });
    expect(measuredValues(defaultRule)).toEqual({});
  });

  it('leave infinities out as NaN, and say which page and which bands they are of', () => {
    for (const channels of ['colour', 3] as const) {
      const { lines, text } = of({ rule: 'fixed', low: 0, high: 9, channels });
      expect(lines).toMatch(/np\.where\(np\.isfinite\((values|bands)\), .*, 0\)/);
      expect(text).toContain('NaN, infinities and nodata become 0');
    }
    const { text } = of({ ranges: 'uint16x1 0..9', page: 'max' });
    expect(text).toContain('max takes the brightest value of each place');
    expect(text).toContain('measured_values.bands are red, green and blue');
  });

  it('are mapped so as bands too', () => {
    const ranges = 'uint16x5b 0..9, 0..9, 0..9, 0..9, 0..9';
    expect(of({ ranges, channels: 5 }).lines).toContain('np.float64([9, 9, 9, 9, 9])');
    expect(of({ ranges, channels: 5, rule: 'photo' }).lines).toContain('np.float64([65535, 65535,');
    const file = of({ ranges, channels: 5, rule: 'file', percentiles: 2 });
    expect(file.lines).toContain('band[round((band.size - 1) * 0.98)] for band in valid');
    expect(file.text).not.toContain('bands.ranges');
    for (const rule of ['folder', 'file', 'fixed'] as const) {
      const { lines, text } = of({ ranges, channels: 5, rule, low: 0, high: 4095 });
      expect(lines).toContain('if bands.dtype == np.uint8:  # 8-bit values stay\n    low, high = np.zeros(5)');
      expect(text).toContain('8-bit values stay');
    }
  });
});

it('photos of 16 bits are no measured values that are stretched', async () => {
  const { run } = await folderOf({ 'a.png': png(encode(values(0, 65535, [1, 1, 1]), 'u16', false), 16, true) });
  expect((await run({ channels: 'grey' })).findings.warnings.map(({ key }) => key)).toEqual([]);
});

it('black that is not below white is refused by the name of the setting', () => {
  const input = { rule: 'fixed', low: 5000, high: 3200 };
  expect(() => parseConfig({ input })).toThrow(/input\.low 5000, which is shown black, is not below input\.high 3200/);
  expect(() => parseConfig({ input: { ...input, rule: 'folder' } })).not.toThrow(); // where it is of no effect
});
