/** Geometry of the map: the view's transform, the nearest point, and which points a lasso holds. Pure. */

/** Map coordinates are in [-1, 1]; `scale` px per unit, (x, y) at the centre of the view. */
export interface View {
  x: number;
  y: number;
  scale: number;
}

export const fit = (width: number, height: number): View => ({
  x: 0,
  y: 0,
  scale: (Math.min(width, height) / 2) * 0.94,
});

/** y grows upwards on the map and downwards on the screen. */
export const toScreen = (x: number, y: number, view: View, width: number, height: number): [number, number] => [
  width / 2 + (x - view.x) * view.scale,
  height / 2 - (y - view.y) * view.scale,
];
export const toMap = (px: number, py: number, view: View, width: number, height: number): [number, number] => [
  view.x + (px - width / 2) / view.scale,
  view.y - (py - height / 2) / view.scale,
];

/**
 * The view zoomed by `factor` around (px, py). Its scale stays between half of `least`, the scale that shows all, and
 * 400 times that.
 */
export function zoomAt(
  view: View,
  px: number,
  py: number,
  factor: number,
  width: number,
  height: number,
  least: number,
): View {
  const scale = Math.max(least / 2, Math.min(least * 400, view.scale * factor));
  const [x, y] = toMap(px, py, view, width, height);
  return { scale, x: x - (px - width / 2) / scale, y: y + (py - height / 2) / scale };
}

/** Points sorted into square cells, so that the nearest one is found among a few. */
export class PointIndex {
  readonly #positions: Float32Array;
  readonly #side: number;
  /** Points by cell, row after row; those of cell c are from #begin[c] to #begin[c + 1]. */
  readonly #points: Int32Array;
  readonly #begin: Int32Array;

  /** `positions`: x and y by turns, in [-1, 1]. */
  constructor(positions: Float32Array) {
    const count = positions.length / 2;
    this.#positions = positions;
    this.#side = Math.max(1, Math.min(512, Math.round(Math.sqrt(count / 4))));
    const cells = new Int32Array(count);
    this.#begin = new Int32Array(this.#side * this.#side + 1);
    for (let i = 0; i < count; i++) {
      cells[i] = this.#cell(positions[2 * i + 1]!) * this.#side + this.#cell(positions[2 * i]!);
      this.#begin[cells[i]! + 1]!++;
    }
    for (let cell = 1; cell < this.#begin.length; cell++) this.#begin[cell]! += this.#begin[cell - 1]!;
    const next = this.#begin.slice();
    this.#points = new Int32Array(count);
    for (let i = 0; i < count; i++) this.#points[next[cells[i]!]!++] = i;
  }

  #cell(value: number): number {
    return Math.max(0, Math.min(this.#side - 1, Math.floor(((value + 1) / 2) * this.#side)));
  }

  /** Index of the nearest point within `radius` (map units), -1 when there is none. */
  nearest(x: number, y: number, radius: number): number {
    let best = -1;
    let bestSquare = radius * radius;
    for (let row = this.#cell(y - radius); row <= this.#cell(y + radius); row++)
      for (let column = this.#cell(x - radius); column <= this.#cell(x + radius); column++) {
        const cell = row * this.#side + column;
        for (let at = this.#begin[cell]!; at < this.#begin[cell + 1]!; at++) {
          const i = this.#points[at]!;
          const dx = this.#positions[2 * i]! - x;
          const dy = this.#positions[2 * i + 1]! - y;
          const square = dx * dx + dy * dy;
          if (square < bestSquare) {
            bestSquare = square;
            best = i;
          }
        }
      }
    return best;
  }

  /** Points in a rectangle of the map, in the order of cells; null where there are more than `most`. */
  inside(left: number, bottom: number, right: number, top: number, most: number): number[] | null {
    const found: number[] = [];
    for (let row = this.#cell(bottom); row <= this.#cell(top); row++) {
      const first = row * this.#side;
      for (let at = this.#begin[first + this.#cell(left)]!; at < this.#begin[first + this.#cell(right) + 1]!; at++) {
        const i = this.#points[at]!;
        const [x, y] = [this.#positions[2 * i]!, this.#positions[2 * i + 1]!];
        if (x < left || x > right || y < bottom || y > top) continue;
        if (found.length === most) return null;
        found.push(i);
      }
    }
    return found;
  }
}

/** Those of some points that can be shown as squares of `side` px without covering each other: the first come. */
export function apart(places: readonly { x: number; y: number }[], side: number): number[] {
  const taken = new Map<string, { x: number; y: number }[]>();
  return places.flatMap((place, i) => {
    const [column, row] = [Math.floor(place.x / side), Math.floor(place.y / side)];
    for (let dx = -1; dx <= 1; dx++)
      for (let dy = -1; dy <= 1; dy++)
        for (const other of taken.get(`${column + dx} ${row + dy}`) ?? [])
          if (Math.abs(other.x - place.x) < side && Math.abs(other.y - place.y) < side) return [];
    const key = `${column} ${row}`;
    taken.set(key, [...(taken.get(key) ?? []), place]);
    return [i];
  });
}

/** Indices of the points inside a closed outline (even-odd rule); both x and y by turns, in map units. */
export function insideLasso(positions: Float32Array, outline: readonly number[]): number[] {
  let left = Infinity;
  let right = -Infinity;
  let bottom = Infinity;
  let top = -Infinity;
  for (let i = 0; i < outline.length; i += 2) {
    left = Math.min(left, outline[i]!);
    right = Math.max(right, outline[i]!);
    bottom = Math.min(bottom, outline[i + 1]!);
    top = Math.max(top, outline[i + 1]!);
  }
  const inside: number[] = [];
  for (let p = 0; p < positions.length / 2; p++) {
    const x = positions[2 * p]!;
    const y = positions[2 * p + 1]!;
    if (x < left || x > right || y < bottom || y > top) continue;
    let odd = false;
    for (let i = 0, j = outline.length - 2; i < outline.length; j = i, i += 2) {
      const yi = outline[i + 1]!;
      const yj = outline[j + 1]!;
      if (yi > y !== yj > y && x < ((outline[j]! - outline[i]!) * (y - yi)) / (yj - yi) + outline[i]!) odd = !odd;
    }
    if (odd) inside.push(p);
  }
  return inside;
}
