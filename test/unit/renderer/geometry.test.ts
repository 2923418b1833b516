/** Where things stand in the window: rows of the grid that are scrolled, points of the map. */
import { describe, expect, it } from 'vitest';
import { gridLayout, growTowards, moveTo, visibleRange } from '../../../src-renderer/grid/layout.ts';
import { elementHeight, placeOf, scrolledTo, TALLEST, topOf } from '../../../src-renderer/grid/scroll.ts';
import { Camera } from '../../../src-renderer/map/camera.svelte.ts';
import { PointIndex, apart, fit, toMap, toScreen, zoomAt } from '../../../src-renderer/map/geometry.ts';
import { random } from '../../helpers/random.ts';

describe('the grid', () => {
  const options = { width: 1000, count: 50_000, wanted: 132, gap: 6, caption: 0 };
  const layout = gridLayout(options);

  it('fills the width with whole tiles', () => {
    expect(layout.columns * layout.tile + (layout.columns - 1) * 6).toBeLessThanOrEqual(1000);
    expect(layout.columns).toBe(7);
    expect(layout.rows).toBe(Math.ceil(50_000 / 7));
  });

  it('renders what is near the screen and nothing else', () => {
    const { first, last } = visibleRange({
      layout,
      count: 50_000,
      gap: 6,
      caption: 0,
      top: 500_000,
      height: 800,
      over: 1.5,
    });
    expect(last - first).toBeLessThan(300);
    const step = layout.tile + 6;
    expect(Math.floor(first / 7) * step).toBeLessThanOrEqual(500_000 - 800);
    expect(Math.floor(last / 7) * step).toBeGreaterThanOrEqual(500_800);
    expect(
      visibleRange({ layout, count: 50_000, gap: 6, caption: 0, top: layout.height, height: 800, over: 1 }).last,
    ).toBe(49_999);
  });

  it('reaches every row, however many: by steps of the wheel, and by leaps of the bar', () => {
    const [height, screen] = [65_000_000, 800]; // two million photos
    expect(elementHeight(height)).toBe(TALLEST);
    for (const top of [0, 777, 600_000, 32_000_000, height - 900_000, height - 900, height - screen])
      expect(Math.abs(topOf(placeOf(top, height, screen), height, screen) - top)).toBeLessThanOrEqual(1);
    const walk = (top: number, step: number, steps: number) => {
      let now = { top, place: placeOf(top, height, screen) };
      for (let i = 0; i < steps; i++) {
        const place = Math.max(0, Math.min(TALLEST - screen, now.place + step)); // as the browser lets it
        now = scrolledTo(place, now, height, screen);
        expect(now.place).toBeGreaterThanOrEqual(0);
        expect(now.place).toBeLessThanOrEqual(TALLEST - screen);
      }
      return now.top;
    };
    expect(walk(1_000_000, 100, 1000)).toBe(1_100_000); // what the wheel turns is what the rows move
    expect(walk(3_000_000, -1000, 3001)).toBe(0);
    expect(walk(height - 3_000_000, 1000, 3001)).toBe(height - screen);
    const half = (TALLEST - screen) / 2;
    expect(scrolledTo(half, { top: 0, place: 0 }, height, screen).top).toBeCloseTo((height - screen) / 2, -2);
    expect(scrolledTo(70_000, { top: 0, place: 0 }, 90_000, screen)).toEqual({ top: 70_000, place: 70_000 });
  });

  it('makes what is on screen at once and the rest a few tiles at a time', () => {
    const wanted = { first: 100, last: 299 };
    const onScreen = { first: 180, last: 219 };
    let made = growTowards(wanted, onScreen, { first: 0, last: -1 }, 0);
    expect(made).toEqual(onScreen);
    for (let frame = 0; frame < 4; frame++) {
      const next = growTowards(wanted, onScreen, made, 20);
      expect(next.last - next.first).toBe(made.last - made.first + 40);
      made = next;
    }
    expect(made).toEqual(wanted);
    expect(growTowards(wanted, onScreen, made, 20)).toEqual(wanted);
    // scrolled on: what is near stays; scrolled far: nothing between is made
    expect(growTowards({ first: 140, last: 339 }, { first: 220, last: 259 }, made, 0)).toEqual({
      first: 140,
      last: 299,
    });
    expect(growTowards({ first: 900, last: 999 }, { first: 940, last: 959 }, made, 0)).toEqual({
      first: 940,
      last: 959,
    });
    expect(growTowards({ first: 0, last: -1 }, { first: 0, last: -1 }, made, 20)).toEqual({ first: 0, last: -1 });
  });

  it('is walked by keys and never left', () => {
    const size = { columns: 7, count: 20, page: 2 };
    expect(moveTo('ArrowRight', 3, size)).toBe(4);
    expect(moveTo('ArrowDown', 3, size)).toBe(10);
    expect(moveTo('ArrowUp', 3, size)).toBe(3);
    expect(moveTo('ArrowDown', 18, size)).toBe(18);
    expect(moveTo('PageDown', 3, size)).toBe(17);
    expect(moveTo('End', 3, size)).toBe(19);
    expect(moveTo('ArrowLeft', 0, size)).toBe(0);
    expect(moveTo('x', 0, size)).toBeNull();
  });
});

describe('the map', () => {
  const view = fit(800, 600);

  it('goes to the screen and back', () => {
    const [x, y] = toScreen(0.3, -0.7, view, 800, 600);
    expect(toMap(x, y, view, 800, 600)).toEqual([expect.closeTo(0.3), expect.closeTo(-0.7)]);
  });

  it('shows all above what covers its lower edge', () => {
    const above = fit(800, 600, 60);
    const [top, bottom] = [toScreen(0, 1, above, 800, 600)[1], toScreen(0, -1, above, 800, 600)[1]];
    expect(top).toBeGreaterThan(0);
    expect(bottom).toBeLessThan(540);
    expect(top).toBeCloseTo(540 - bottom);
  });

  it('shows the lowest point whole above the legend, which stands 10 px above the edge', () => {
    const camera = new Camera();
    Object.assign(camera, { width: 700, height: 276 });
    camera.resized(32);
    expect(camera.toScreen(0, -1)[1] + 4).toBeLessThan(276 - 10 - 32); // 4: half of a point's width
    camera.resized(0);
    expect(camera.view).toEqual(fit(700, 276));
  });

  it('keeps the place under the pointer when it zooms, within limits', () => {
    const before = toMap(100, 200, view, 800, 600);
    const zoomed = zoomAt(view, 100, 200, 3, 800, 600, view.scale);
    expect(toMap(100, 200, zoomed, 800, 600)).toEqual([expect.closeTo(before[0]), expect.closeTo(before[1])]);
    expect(zoomAt(view, 0, 0, 1e-9, 800, 600, view.scale).scale).toBe(view.scale / 2);
  });

  it('is moved by keys and by hand, and not before its window has a size', () => {
    const camera = new Camera();
    expect([camera.press('+'), camera.magnification]).toEqual([false, 1]);
    camera.zoom(2);
    camera.drag(5, 5);
    expect(camera.view).toBeNull();
    Object.assign(camera, { width: 800, height: 600 });
    camera.showAll();
    expect(camera.view).toEqual(view);
    expect([camera.press('a'), camera.press('constructor')]).toEqual([false, false]);
    const [x, y] = camera.toScreen(0.2, 0.1);
    for (const key of ['ArrowRight', 'ArrowUp']) expect(camera.press(key)).toBe(true);
    expect(camera.toScreen(0.2, 0.1)).toEqual([expect.closeTo(x - 60), expect.closeTo(y + 60)]);
    for (const key of ['ArrowLeft', 'ArrowDown']) camera.press(key);
    expect(camera.toScreen(0.2, 0.1)).toEqual([expect.closeTo(x), expect.closeTo(y)]);
    const from = camera.view;
    camera.drag(300, 300);
    camera.drag(30, -20, from); // a drag is measured from where it began
    expect(camera.toScreen(0.2, 0.1)).toEqual([expect.closeTo(x + 30), expect.closeTo(y - 20)]);
    camera.press('=');
    expect(camera.magnification).toBeCloseTo(1.4);
    camera.press('-');
    expect(camera.magnification).toBeCloseTo(1);
    const units = camera.units(12);
    camera.zoom(2, 100, 200);
    expect(camera.units(12)).toBeCloseTo(units / 2);
    camera.press('0');
    expect(camera.view).toEqual(view);
  });

  const now = () => Promise.resolve();

  it('finds the nearest of 50,000 points as a search of all does', async () => {
    const next = random(1);
    const place = () => 2 * next() - 1;
    const positions = Float32Array.from({ length: 100_000 }, place);
    const index = await PointIndex.make(positions, now);
    for (let trial = 0; trial < 50; trial++) {
      const [x, y] = [place(), place()];
      let best = -1;
      let bestSquare = 0.02 ** 2;
      for (let i = 0; i < 50_000; i++) {
        const square = (positions[2 * i]! - x) ** 2 + (positions[2 * i + 1]! - y) ** 2;
        if (square < bestSquare) [best, bestSquare] = [i, square];
      }
      expect(index.nearest(x, y, 0.02)).toBe(best);
    }
    expect(index.nearest(9, 9, 0.1)).toBe(-1);
    const within = (i: number) => Math.abs(positions[2 * i]! - 0.3) <= 0.05 && Math.abs(positions[2 * i + 1]!) <= 0.02;
    const expected = Array.from({ length: 50_000 }, (_, i) => i).filter(within);
    const inside = (most: number) => index.inside(0.25, -0.02, 0.35, 0.02, most);
    expect(inside(50_000)!.sort((a, b) => a - b)).toEqual(expected);
    expect(inside(expected.length)).toHaveLength(expected.length);
    expect(inside(expected.length - 1)).toBeNull();
  });

  it('keeps pictures apart that would cover each other, and as many as there is room for', () => {
    const places = Array.from({ length: 200 }, (_, i) => ({ x: (i * 37) % 400, y: (i * 91) % 300 }));
    const kept = apart(places, 50).map((i) => places[i]!);
    expect(apart(places, 50)[0]).toBe(0);
    for (const [i, a] of kept.entries())
      for (const b of kept.slice(i + 1))
        expect(Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y))).toBeGreaterThanOrEqual(50);
    for (const place of places)
      expect(kept.some((other) => Math.max(Math.abs(other.x - place.x), Math.abs(other.y - place.y)) < 50)).toBe(true);
  });

  it('holds in a lasso what is inside a hollow outline, and outside the map nothing', async () => {
    const index = await PointIndex.make(Float32Array.from([0, 0, 0.5, 0.5, -0.5, 0.5, 0, 0.9]), now);
    const notched = [-0.8, -0.8, 0.8, -0.8, 0.8, 0.8, 0, 0.2, -0.8, 0.8];
    expect(index.lasso(notched)).toEqual([0, 1, 2]);
    expect(index.lasso([0.4, 0.4, 0.6, 0.4, 0.6, 0.6, 0.4, 0.6])).toEqual([1]);
    expect(index.lasso([3, 3, 4, 3, 4, 4])).toEqual([]);
    expect(index.lasso([-3, -3, 3, -3, 3, 3, -3, 3])).toEqual([0, 1, 2, 3]);
  });

  it('holds in a lasso of many points what a look at each one holds', async () => {
    const next = random(5);
    const place = () => 2 * next() - 1;
    const positions = Float32Array.from({ length: 40_000 }, place);
    const index = await PointIndex.make(positions, now);
    for (let trial = 0; trial < 20; trial++) {
      const outline = Array.from({ length: 2 * (3 + trial) }, () => 1.2 * place());
      const inside = (x: number, y: number) => {
        let odd = false;
        for (let i = 0, j = outline.length - 2; i < outline.length; j = i, i += 2) {
          const [xi, yi, xj, yj] = [outline[i]!, outline[i + 1]!, outline[j]!, outline[j + 1]!];
          if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
        }
        return odd;
      };
      const expected = Array.from({ length: 20_000 }, (_, i) => i).filter((i) =>
        inside(positions[2 * i]!, positions[2 * i + 1]!),
      );
      expect(index.lasso(outline)).toEqual(expected);
    }
  });
});
