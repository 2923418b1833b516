/** A number as the benchmarks print it: four digits, and no zeros behind the point. */
export const figure = (value: number): string => String(Number(value.toPrecision(4)));
