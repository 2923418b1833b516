/** Curves: bounded buffers, smoothing, axes, down-sampling, CSV. */
import { describe, expect, it } from 'vitest';
import { CurveBuffer } from '../../../src-renderer/charts/buffer.ts';
import type { Bucket } from '../../../src-renderer/charts/buffer.ts';
import { metricNames, metricOf, panels } from '../../../shared/metrics.ts';
import { dashOf, swatchWidth, tintOf } from '../../../src-renderer/charts/dashes.ts';
import { datasetsOf } from '../../../src-renderer/charts/datasets.ts';
import { downsample, draw, smooth, toCsv, xOf, hasLogLabel, rangeOfOne } from '../../../src-renderer/charts/series.ts';

const bucket = (step: number, last: number, spread = 0): Bucket => ({
  step,
  epoch: step / 10,
  trainingSeconds: step * 2,
  at: 1000 * step,
  last,
  min: last - spread,
  max: last + spread,
});

it('the run under the pointer dims the others, and those of another place none', () => {
  const line = (id: string) => ({ id, label: id, color: '#102030', buckets: [bucket(0, 1), bucket(1, 2)] });
  const shades = (highlighted: string | null) => {
    const view = { axis: 'epoch' as const, smoothing: 0, logY: false, highlighted };
    return datasetsOf([line('a'), line('b')], view).flatMap(({ borderWidth, borderColor }) =>
      borderWidth === 2 ? String(borderColor).slice(7) : [],
    );
  };
  expect(shades('a')).toEqual(['ff', '2e']);
  expect(shades('elsewhere')).toEqual(['ff', 'ff']);
  expect(shades(null)).toEqual(['ff', 'ff']);
});

describe('CurveBuffer', () => {
  it('keeps every value while there is room', () => {
    const buffer = new CurveBuffer(8);
    for (let step = 0; step < 8; step++) buffer.push(bucket(step, step));
    expect(buffer.buckets.map(({ last }) => last)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('merges neighbours when full: last value, least and greatest of each', () => {
    const buffer = new CurveBuffer(4);
    [5, 1, 9, 2, 7].forEach((value, step) => buffer.push(bucket(step, value)));
    expect(buffer.buckets.map(({ last, min, max }) => [last, min, max])).toEqual([
      [1, 1, 5],
      [2, 2, 9],
      [7, 7, 7],
    ]);
    buffer.push(bucket(5, 3));
    expect(buffer.buckets.at(-1)).toMatchObject({ step: 5, last: 3, min: 3, max: 7 });
  });

  it.each([100, 101, 999, 1000])(
    'never holds more than its capacity (%i) over 20,000 values, and loses no extreme',
    (capacity) => {
      const buffer = new CurveBuffer(capacity);
      for (let step = 0; step < 20_000; step++)
        buffer.push(bucket(step, step === 12_345 ? 99 : step === 777 ? -99 : Math.sin(step)));
      expect(buffer.buckets.length).toBeLessThanOrEqual(capacity);
      expect(buffer.buckets.length).toBeGreaterThan(capacity / 3);
      expect(Math.max(...buffer.buckets.map(({ max }) => max))).toBe(99);
      expect(Math.min(...buffer.buckets.map(({ min }) => min))).toBe(-99);
      expect(buffer.buckets.at(-1)!.step).toBe(19_999);
      const steps = buffer.buckets.map(({ step }) => step);
      expect(steps).toEqual([...steps].sort((a, b) => a - b));
    },
  );

  it('leaves out what it has seen', () => {
    const buffer = new CurveBuffer(10);
    for (const step of [1, 2, 2, 1, 3]) buffer.push(bucket(step, step));
    expect(buffer.buckets.map(({ step }) => step)).toEqual([1, 2, 3]);
  });
});

describe('smooth', () => {
  it('leaves values as they are at 0', () => {
    expect(smooth([3, 1, 2], 0)).toEqual([3, 1, 2]);
  });

  it('begins at the first value, at any weight', () => {
    for (const weight of [0.1, 0.6, 0.999])
      expect(smooth([4, 4, 4], weight).every((value) => Math.abs(value - 4) < 1e-9)).toBe(true);
  });

  it('is the corrected exponential average', () => {
    // weights 1/3 and 2/3 after two values at weight 0.5
    expect(smooth([0, 3], 0.5)[1]).toBeCloseTo(2, 12);
  });

  it('passes over a gap', () => {
    const [first, gap, last] = smooth([2, NaN, 2], 0.9);
    expect(gap).toBeNaN();
    expect([first, last]).toEqual([expect.closeTo(2), expect.closeTo(2)]);
  });
});

describe('draw', () => {
  const line = {
    id: 'r',
    label: 'Loss',
    color: '#000000',
    buckets: [bucket(0, -0.1, 0.05), bucket(10, -0.5, 0.05), bucket(20, -0.9, 0.05)],
  };

  it('puts the same buckets on each axis', () => {
    expect(line.buckets.map((b) => xOf(b, 'step'))).toEqual([0, 10, 20]);
    expect(line.buckets.map((b) => xOf(b, 'epoch'))).toEqual([0, 1, 2]);
    expect(line.buckets.map((b) => xOf(b, 'training'))).toEqual([0, 20, 40]);
    expect(line.buckets.map((b) => xOf(b, 'wall'))).toEqual([0, 10_000, 20_000]);
  });

  it('leaves out what a log axis cannot show, unless it is shifted', () => {
    expect(draw(line, { axis: 'step', smoothing: 0, logY: true }).smooth).toEqual([]);
    expect(draw(line, { axis: 'step', smoothing: 0, logY: true, logShift: 1 }).smooth.map(({ y }) => y)).toEqual([
      0.9,
      0.5,
      expect.closeTo(0.1),
    ]);
  });

  it('shades from least to greatest', () => {
    const { low, high } = draw(line, { axis: 'step', smoothing: 0.5, logY: false });
    expect(low.map(({ y }) => y)).toEqual([expect.closeTo(-0.15), expect.closeTo(-0.55), expect.closeTo(-0.95)]);
    expect(high.map(({ y }) => y)).toEqual([expect.closeTo(-0.05), expect.closeTo(-0.45), expect.closeTo(-0.85)]);
  });
});

it('downsample keeps the last value and the extremes of each part', () => {
  const buckets = Array.from({ length: 1000 }, (_, i) => bucket(i, i === 500 ? 42 : i % 7));
  const few = downsample(buckets, 90);
  expect(few).toHaveLength(90);
  expect(few.at(-1)!.step).toBe(999);
  expect(Math.max(...few.map(({ max }) => max))).toBe(42);
  expect(downsample(few, 90)).toBe(few);
});

it('toCsv writes one row a bucket and quotes what needs it', () => {
  const text = toCsv([{ id: 'r', label: 'a "b", c', color: '#000000', buckets: [bucket(1, 0.5)] }]);
  expect(text).toBe(
    'series,step,epoch,training_seconds,time,value,min,max\r\n"a ""b"", c",1,0.1,2,1970-01-01T00:00:01.000Z,0.5,0.5,0.5\r\n',
  );
  const named = toCsv([{ id: 'r', label: '=1+2 损失', color: '#000000', buckets: [bucket(1, 0.5)] }]);
  expect([named[0], named.split('\r\n')[1]!.split(',')[0]]).toEqual(['\ufeff', "'=1+2 损失"]);
});

describe('axes', () => {
  it('of one point have it within a range of its own, not of -1 to 1', () => {
    expect(rangeOfOne([0])).toEqual({ min: 0, max: 1 });
    expect(rangeOfOne([20])).toEqual({ min: 0, max: 40 });
    expect(rangeOfOne([-0.5, -0.5])).toEqual({ min: -1, max: 0 });
    expect(rangeOfOne([5000], 100)).toEqual({ min: 4900, max: 5100 });
    expect(rangeOfOne([])).toBeNull();
    expect(rangeOfOne([1, 2])).toBeNull();
  });

  it('that are logarithmic label few of their ticks', () => {
    const ticks = (decades: number[]) =>
      decades.flatMap((power) => [1, 2, 3, 4, 5, 6, 7, 8, 9].map((x) => x * 10 ** power));
    for (const [least, most] of [
      [1e-5, 1],
      [1e-3, 1],
      [0.01, 1],
      [0.1, 1],
    ] as const) {
      const shown = ticks([-5, -4, -3, -2, -1]).filter((x) => x >= least * 0.999 && x <= most);
      const labelled = shown.filter((x) => hasLogLabel(x, least, most));
      expect(labelled.length).toBeGreaterThanOrEqual(2);
      expect(labelled.length).toBeLessThanOrEqual(7);
    }
  });
});

it('lines of one colour differ in their dashes, whichever curve of whichever run they are', () => {
  const most = Math.max(
    ...Object.keys(panels).map((panel) => metricNames.filter((name) => metricOf(name).panel === panel).length),
  );
  const curves = Array.from({ length: most }, (_, curve) => curve); // a run with labels has all that a chart can have
  const all = curves.flatMap((curve) => [0, 1, 2, 3].map((twins) => dashOf(curve, twins).join(' ')));
  expect(new Set(all).size).toBe(all.length);
  expect(new Set(curves.map(tintOf)).size).toBe(most);
  expect(curves.map(tintOf)).not.toContain(undefined);
  // and the legend shows each of them whole, strokes, dots and where they begin again
  const shownOf = (curve: number, twins: number) => {
    const dash = dashOf(curve, twins);
    return swatchWidth(dash) > dash.reduce((sum, length) => sum + length, 0);
  };
  expect(curves.flatMap((curve) => [0, 1, 2, 3].map((twins) => shownOf(curve, twins)))).not.toContain(false);
  expect(dashOf(0, 0)).toEqual([]); // alone a run is drawn plainly
});
