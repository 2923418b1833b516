/** What a run that comes into being is given: an id, and a colour that is worn by as few others as can be. */
import { randomBytes } from 'node:crypto';
import type { Store } from '../../db/index.ts';

/** Ten colours that stay apart for the colour-blind (Okabe and Ito 2008, and Tol's muted scheme). */
export const palette = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#332288',
  '#999933',
  '#882255',
  '#44aa99',
];

export function freshColor(store: Store): string {
  const used = new Map(palette.map((color) => [color, 0]));
  for (const run of store.runs.all())
    if (!run.deletedAt && used.has(run.color)) used.set(run.color, used.get(run.color)! + 1);
  return palette.reduce((a, b) => (used.get(b)! < used.get(a)! ? b : a));
}

export function freshId(store: Store): string {
  for (;;) {
    const id = BigInt(`0x${randomBytes(5).toString('hex')}`)
      .toString(32)
      .padStart(8, '0');
    if (!store.runs.get(id)) return id;
  }
}
