/** Which photo of a group to keep, and why: what a person worked on, then what holds most of the picture. */
import type { KeepReason } from '../../../shared/contract.ts';
import type { ImageRow } from '../../db/index.ts';

type Ranked = Pick<ImageRow, 'id' | 'file' | 'width' | 'height' | 'bytes' | 'modified'>;

/** The best first, and what set it before the second. */
export function ranked<R extends Ranked>(
  rows: readonly R[],
  tagsOf: (id: string) => number,
): { rows: R[]; why: KeepReason } {
  const criteria: [KeepReason, (a: R, b: R) => number][] = [
    ['tags', (a, b) => Math.sign(tagsOf(b.id)) - Math.sign(tagsOf(a.id))],
    ['pixels', (a, b) => b.width * b.height - a.width * a.height],
    ['bytes', (a, b) => b.bytes - a.bytes],
    ['oldest', (a, b) => Math.floor(a.modified / 1000) - Math.floor(b.modified / 1000)],
    ['name', (a, b) => a.file.length - b.file.length || (a.file < b.file ? -1 : 1)],
  ];
  const decides = (a: R, b: R) => criteria.find(([, compare]) => compare(a, b) !== 0);
  const sorted = rows.toSorted((a, b) => decides(a, b)?.[1](a, b) ?? 0);
  return { rows: sorted, why: decides(sorted[0]!, sorted[1]!)?.[0] ?? 'name' };
}
