/** The power of two at or below x, 1 at least. */
export const powerOfTwoBelow = (x: number): number => 2 ** Math.floor(Math.log2(Math.max(1, x)));
