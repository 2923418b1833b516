/** Geometry of the map: the view's transform, the nearest point, and which points a lasso holds. Pure. */

/** Map coordinates are in [-1, 1]; `scale` px per unit, (x, y) at the centre of the view. */
export interface View {
  x: number;
  y: number;
  scale: number;
}

/** All of the map; `covered`: px at the bottom that something else covers. */
export const fit = (width: number, height: number, covered = 0): View => {
  const scale = (Math.min(width, height - covered) / 2) * 0.94;
  return { x: 0, y: covered === 0 ? 0 : -covered / 2 / scale, scale };
};

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

/** Points that are sorted in a few milliseconds. */
const POINTS_PER_TURN = 100_000;

/** Points sorted into square cells, so that the nearest one is found among a few. */
export class PointIndex {
  readonly #positions: Float32Array;
  /** Cells in a row, and rows. */
  readonly side: number;
  /** Points by cell, row after row from below; those of cell c are from begin[c] to begin[c + 1]. */
  readonly points: Int32Array;
  readonly begin: Int32Array;

  private constructor(positions: Float32Array) {
    const count = positions.length / 2;
    this.#positions = positions;
    this.side = Math.max(1, Math.min(512, Math.round(Math.sqrt(count / 4))));
    this.begin = new Int32Array(this.side * this.side + 1);
    this.points = new Int32Array(count);
  }

  /** `positions`: x and y by turns, in [-1, 1]. A piece at a time: `pause` lets the page draw. */
  static async make(positions: Float32Array, pause: () => Promise<unknown>): Promise<PointIndex> {
    const index = new PointIndex(positions);
    const [begin, points] = [index.begin, index.points];
    const cells = new Int32Array(points.length);
    for (let i = 0; i < points.length; i++) {
      if (i > 0 && i % POINTS_PER_TURN === 0) await pause();
      cells[i] = index.#cell(positions[2 * i + 1]!) * index.side + index.#cell(positions[2 * i]!);
      begin[cells[i]! + 1]!++;
    }
    for (let cell = 1; cell < begin.length; cell++) begin[cell]! += begin[cell - 1]!;
    const next = begin.slice();
    for (let i = 0; i < points.length; i++) {
      if (i > 0 && i % POINTS_PER_TURN === 0) await pause();
      points[next[cells[i]!]!++] = i;
    }
    return index;
  }

  #cell(value: number): number {
    return Math.max(0, Math.min(this.side - 1, Math.floor(((value + 1) / 2) * this.side)));
  }

  /** Index of the nearest point within `radius` (map units), -1 when there is none. */
  nearest(x: number, y: number, radius: number): number {
    let best = -1;
    let bestSquare = radius * radius;
    for (let row = this.#cell(y - radius); row <= this.#cell(y + radius); row++)
      for (let column = this.#cell(x - radius); column <= this.#cell(x + radius); column++) {
        const cell = row * this.side + column;
        for (let at = this.begin[cell]!; at < this.begin[cell + 1]!; at++) {
          const i = this.points[at]!;
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

  /** Where the points of the rows of cells between two heights begin in `points` and end, and how many of them lie in sight. */
  rowsBetween(left: number, bottom: number, right: number, top: number): { from: number; to: number; inSight: number } {
    const [low, high] = [this.#cell(bottom) * this.side, this.#cell(top) * this.side];
    let inSight = 0;
    for (let row = low; row <= high; row += this.side)
      inSight += this.begin[row + this.#cell(right) + 1]! - this.begin[row + this.#cell(left)]!;
    return { from: this.begin[low]!, to: this.begin[high + this.side]!, inSight };
  }

  /** Points in a rectangle of the map, in the order of cells; null where there are more than `most`. */
  inside(left: number, bottom: number, right: number, top: number, most: number): number[] | null {
    const found: number[] = [];
    for (let row = this.#cell(bottom); row <= this.#cell(top); row++) {
      const first = row * this.side;
      for (let at = this.begin[first + this.#cell(left)]!; at < this.begin[first + this.#cell(right) + 1]!; at++) {
        const i = this.points[at]!;
        const [x, y] = [this.#positions[2 * i]!, this.#positions[2 * i + 1]!];
        if (x < left || x > right || y < bottom || y > top) continue;
        if (found.length === most) return null;
        found.push(i);
      }
    }
    return found;
  }

  /**
   * Points inside a closed outline (even-odd rule), x and y by turns, in map units, in their order. Of cells that the
   * outline does not go through all points are or none: of a million few are looked at one by one.
   */
  lasso(outline: readonly number[]): number[] {
    const [side, at] = [this.side, (value: number) => this.#cell(value)];
    const crossed = new Uint8Array(side * side);
    for (let i = 0, j = outline.length - 2; i < outline.length; j = i, i += 2) {
      const [x, y, dx, dy] = [
        outline[j]!,
        outline[j + 1]!,
        outline[i]! - outline[j]!,
        outline[i + 1]! - outline[j + 1]!,
      ];
      const steps = Math.ceil((Math.max(Math.abs(dx), Math.abs(dy)) * side) / 2) + 1;
      for (let step = 0; step < steps; step++) {
        const [a, b] = [step / steps, (step + 1) / steps];
        const [left, right] = [at(x + Math.min(dx * a, dx * b)), at(x + Math.max(dx * a, dx * b))];
        const [low, high] = [at(y + Math.min(dy * a, dy * b)), at(y + Math.max(dy * a, dy * b))];
        for (let row = low; row <= high; row++) crossed.fill(1, row * side + left, row * side + right + 1);
      }
    }
    const found: number[] = [];
    for (let row = 0; row < side; row++) {
      const turns = crossings(outline, ((row + 0.5) / side) * 2 - 1);
      for (let column = 0, next = 0; column < side; column++) {
        const middle = ((column + 0.5) / side) * 2 - 1;
        while (next < turns.length && turns[next]! < middle) next++;
        const cell = row * side + column;
        if (!crossed[cell] && next % 2 === 0) continue;
        for (let p = this.begin[cell]!; p < this.begin[cell + 1]!; p++) {
          const point = this.points[p]!;
          if (!crossed[cell] || isInside(outline, this.#positions[2 * point]!, this.#positions[2 * point + 1]!))
            found.push(point);
        }
      }
    }
    return found.sort((a, b) => a - b);
  }
}

/** Where a closed outline crosses the line at this height, from left to right. */
function crossings(outline: readonly number[], y: number): number[] {
  const found: number[] = [];
  for (let i = 0, j = outline.length - 2; i < outline.length; j = i, i += 2) {
    const [yi, yj] = [outline[i + 1]!, outline[j + 1]!];
    if (yi > y !== yj > y) found.push(((outline[j]! - outline[i]!) * (y - yi)) / (yj - yi) + outline[i]!);
  }
  return found.sort((a, b) => a - b);
}

const isInside = (outline: readonly number[], x: number, y: number): boolean =>
  crossings(outline, y).filter((at) => at > x).length % 2 === 1;

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
