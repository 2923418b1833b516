/** A row of the table of kinds: a file that is made here, and beside it the right picture, computed without the product. */
import { expect } from 'vitest';
import { SIDE } from '../../../helpers/rasters.ts';
import { grey, meanDifference, rgb } from '../../../helpers/scene.ts';
import { expectScene } from '../../../helpers/seen.ts';

/** Levels of 0 to 255, [height, width, 3]. */
export interface Picture {
  width: number;
  height: number;
  data: ArrayLike<number>;
}

export type Right =
  /** These pixels, with at most this mean difference of levels. */
  | { picture: Picture; within: number }
  /**
   * Measured values, whose black and white are a choice: correlated with these levels of grey and at least 0.7 of their
   * spread, in the places that are valid. What is not valid is one colour, of this level where it is said.
   */
  | { stretched: readonly number[]; valid?: (place: number) => boolean; rest?: number }
  /** A refusal of this key; `says`: what it names. */
  | { refused: string; says?: string };

export interface Row {
  kind: string;
  /** Where the name decides, as of formats without a signature. */
  name?: string;
  file: () => Buffer | Promise<Buffer>;
  right: Right;
  /** Keys of what a person is told of it. */
  notes?: readonly string[];
}

const square = (data: ArrayLike<number>): Picture => ({ width: SIDE, height: SIDE, data });
export const threefold = (levels: readonly number[]): number[] => levels.flatMap((level) => [level, level, level]);

/** The scene in colours, to the level. */
export const inColours: Right = { picture: square(rgb), within: 0 };
export const near = (within: number, data: readonly number[] = rgb): Right => ({ picture: square(data), within });
/** The scene in grey, to the level. */
export const inGrey: Right = { picture: square(threefold(grey)), within: 0 };
export const stretched: Right = { stretched: grey };

/** Of a picture that was decoded or kept for training: whether it is the right one. */
export function judge(right: Exclude<Right, { refused: string }>, found: Picture): void {
  if ('picture' in right) {
    const { picture, within } = right;
    expect([found.width, found.height, found.data.length]).toEqual([
      picture.width,
      picture.height,
      picture.data.length,
    ]);
    expect(meanDifference(found.data, Array.from(picture.data))).toBeLessThanOrEqual(within);
    return;
  }
  const { stretched: expected, valid = () => true, rest } = right;
  expect(found.data).toHaveLength(3 * expected.length);
  const mean = expected.map((_, i) => (found.data[3 * i]! + found.data[3 * i + 1]! + found.data[3 * i + 2]!) / 3);
  const of = (levels: readonly number[], wanted: boolean) => levels.filter((_, i) => valid(i) === wanted);
  expectScene(of(mean, true), of(expected, true));
  const others = new Set(of(mean, false));
  expect(others.size).toBeLessThanOrEqual(1);
  if (rest !== undefined) expect([...others]).toEqual([rest]);
}
