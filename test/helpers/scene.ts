/** The scene of rasters.ts as values, and whether a picture shows it. */
import { decodeBytes } from '../../src-main/images/index.ts';
import { defaultRule } from '../../src-main/images/rule.ts';
import { encode, values } from './rasters.ts';

export const numbers = values(0, 4095).map(Math.round);
export const wide = encode(numbers, 'u16');
export const grey = values(0, 255).map(Math.round);
export const rgb = values(10, 240, [1, 0.6, 0.3]).map(Math.round);

export const meanDifference = (found: ArrayLike<number>, expected: readonly number[]): number =>
  expected.reduce((sum, value, i) => sum + Math.abs(value - found[i]!), 0) / expected.length;

/** Levels of the first band of the picture, [height, width]. */
export async function levels(file: Buffer, rule = {}): Promise<Uint8Array> {
  const { data } = await decodeBytes('scene', file, {}, { ...defaultRule, ...rule });
  return data.filter((_, i) => i % 3 === 0);
}

/** Whether levels are the scene, whatever is its black and its white. */
export function isScene(found: Uint8Array): boolean {
  const deviations = (of: ArrayLike<number>) => {
    const mean = Array.from(of).reduce((sum, value) => sum + value, 0) / of.length;
    return Array.from(of, (value) => value - mean);
  };
  const [a, b] = [deviations(found), deviations(grey)];
  const product = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  const [aa, bb] = [product(a, a), product(b, b)];
  return aa > bb / 4 && product(a, b) / Math.sqrt(aa * bb) > 0.98;
}
