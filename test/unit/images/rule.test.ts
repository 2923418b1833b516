/** The rule of measured values as a key of kept pictures: of what is shown otherwise now, and of nothing else, another. */
import { describe, expect, it } from 'vitest';
import { keyOf, picturesKey } from '../../../src-main/images/cache/survey.ts';
import { defaultRule, followed, ruleKey } from '../../../src-main/images/rule.ts';
import type { PixelRule } from '../../../src-main/images/rule.ts';

const key = (rule: Partial<PixelRule>) => ruleKey({ ...defaultRule, ...rule });
const ranges = 'uint16x5b 0..9, 0..9, 0..9, 0..9, 0..9';

describe('the key of a rule', () => {
  it.each<[string, Partial<PixelRule>, string]>([
    ['photos', {}, ''],
    ['a range', { ranges: 'uint16x1 1..9' }, 'folder||0.2|uint16x1 1..9||auto'],
    ['chosen bands', { ranges: 'uint16x3 1..9', bands: '4,5,3' }, 'folder||0.2|uint16x3 1..9|4,5,3|auto'],
    ['a page', { page: 3 }, 'folder||0.2|||3'],
    ['pages as photos', { page: 'each', percentiles: 2 }, 'folder||2|||each'],
    ['a fixed range', { rule: 'fixed', low: 3, high: 9, percentiles: 2 }, 'fixed|3..9|2|||auto'],
    ['bands by the range of the folder', { channels: 5, percentiles: 2, ranges }, `folder||2|${ranges}||auto|5 8`],
    ['bands by their own values', { channels: 5, rule: 'file' }, 'file||0.2|||auto|5 8'],
    ['grey', { channels: 'grey', percentiles: 2 }, 'folder||2|||auto|grey 8'],
  ])('is what it was for %s', (_, rule, expected) => {
    expect(key(rule)).toBe(expected);
  });

  it.each<[string, Partial<PixelRule>]>([
    ['the brightest page', { page: 'max' }],
    ['bands by percentiles of their own', { channels: 5, rule: 'file', percentiles: 2 }],
    ['bands without a range by percentiles of their own', { channels: 5, percentiles: 2 }],
    ['bands by a fixed range that shows nothing', { channels: 5, rule: 'fixed', low: 9, high: 3, percentiles: 2 }],
  ])('is another for %s', (_, rule) => {
    expect(key(rule)).toMatch(/\|2$/);
  });

  it('is none of a photo’s', () => {
    const photo = { path: 'photo.jpg' };
    expect(keyOf(photo, 1, 2, { ...defaultRule, page: 'max' })).toBe(keyOf(photo, 1, 2, defaultRule));
  });

  it('is another where decoders make other pictures of measured values, and the same for photos', () => {
    const measured = { ...defaultRule, ranges: 'uint16x1 1..9' };
    expect(picturesKey('a.tif', defaultRule)).toBe('|v7');
    expect(picturesKey('a.tif', measured)).toBe(`${ruleKey(measured)}|v7`);
    expect(picturesKey('a.png', measured)).toBe(`${ruleKey(measured)}|v7`);
    expect(picturesKey('a.jxl', measured)).toBe(`${ruleKey(measured)}|v7`);
    for (const photo of ['a.png', 'a.jxl', 'a.jpg', 'a.heic']) expect(picturesKey(photo, defaultRule)).toBe('');
    expect(picturesKey('a.jpg', measured)).toBe('');
  });

  it('is followed by each file’s own values where a fixed range shows nothing', () => {
    const fixed: PixelRule = { ...defaultRule, rule: 'fixed', low: 9, high: 3 };
    expect(followed(fixed).rule).toBe('file');
    expect(followed({ ...fixed, low: null }).rule).toBe('file');
    expect(followed({ ...fixed, low: 1 }).rule).toBe('fixed');
    expect(followed(defaultRule)).toBe(defaultRule);
  });
});
