/** Which photos belong together by time, and by their names, and which patterns are refused. */
import { describe, expect, it } from 'vitest';
import { burstsOf, groupsOf } from '../../src-main/app/library/groups.ts';
import { toEnd } from '../../shared/work.ts';

const by = (pattern: string, ...files: string[]) => groupsOf({ by: 'pattern', pattern })(files);

describe('groups', () => {
  it('are the frames of a sequence by names', () => {
    const files = ['clip/frame_0001.png', 'clip/frame_0012.png', 'other/frame_1.png', 'clip/still.png', 'a2/x.jpg'];
    expect(groupsOf({ by: 'names', pattern: '' })(files)).toEqual([
      'clip/frame_',
      'clip/frame_',
      'other/frame_',
      null,
      null,
    ]);
    expect(groupsOf({ by: 'none', pattern: '' })(files)).toEqual(files.map(() => null));
  });

  it('are what a pattern’s parts say, together, in whichever folder', () => {
    expect(by('{well}_s*_w?.tif', 'p1/B02_s1_w1.tif', 'B02_s9_w2.tif', 'B03_s1_w1.tif', 'B02_s1.tif')).toEqual([
      'B02',
      'B02',
      'B03',
      null,
    ]);
    expect(by('plate{plate}/{well}_*', 'plate1/B02_1.tif', 'plate2/B02_1.tif', 'x/plate1/B02_1.tif')).toEqual([
      '1 B02',
      '2 B02',
      null,
    ]);
    expect(by('{patient}/**', 'anna/mr/1.dcm', 'anna/2.dcm', 'b (1)/3.dcm', 'top.dcm')).toEqual([
      'anna',
      'anna',
      'b (1)',
      null,
    ]);
  });

  it('are what stands in the parentheses of an expression', () => {
    expect(by('/site(\\d+)/', 'a/site12_1.jpg', 'SITE3.jpg')).toEqual(['12', null]);
    expect(by('/site(\\d+)/i', 'SITE3.jpg')).toEqual(['3']);
  });

  it.each([
    ['no part', '*.tif', 'bad-request.group-pattern'],
    ['an empty part', '{}.tif', 'bad-request.group-pattern'],
    ['no parentheses', '/site/', 'bad-request.group-expression'],
    ['no expression', '/site(/', 'bad-request.group-expression'],
  ])('are refused for a pattern with %s', (_, pattern, key) => {
    expect(() => by(pattern, 'a.tif')).toThrow(expect.objectContaining({ key }) as Error);
  });

  it('end: an expression that would go on for ever is given up', () => {
    expect(() => by('/^(a+)+$/', `${'a'.repeat(60)}!`)).toThrow(
      expect.objectContaining({ key: 'bad-request.group-slow' }) as Error,
    );
    const many = Array.from({ length: 16 }, (_, i) => `{p${i}}*`).join('');
    expect(() => by(`${many}!`, 'a'.repeat(400))).toThrow(
      expect.objectContaining({ key: 'bad-request.group-slow' }) as Error,
    );
  });

  it('are bursts: what one camera took within seconds, each of the one before it', () => {
    const photo = (id: string, seconds: number | null, camera: string | null = 'A') => ({
      id,
      file: id,
      taken: seconds === null ? null : 1000 * seconds,
      camera,
    });
    const photos = [
      photo('c', 104),
      photo('a', 100),
      photo('b', 102),
      photo('other camera', 101, 'B'),
      photo('later', 108),
      photo('no time', null),
      photo('no camera', 100, null),
    ];
    const bursts = toEnd(burstsOf(photos));
    expect(photos.map(({ id }) => bursts.get(id) ?? null)).toEqual([
      'A 100000',
      'A 100000',
      'A 100000',
      'B 101000',
      'A 108000',
      null,
      '100000',
    ]);
  });
});
