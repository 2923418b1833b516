/** Why files cannot be used, with how many each: one sentence where nothing can be, in place of the first file's reason. */
import type { Reason } from './contract/wire.ts';
import type { Skipped } from './contract/dataset.ts';
import { reason } from './reason.ts';

/** Kinds of reasons that are told; the others are counted together. */
const MOST = 4;

/** What a reason names: files of two formats that are not read are two kinds. */
const namedBy = ({ kind, name, form }: Record<string, unknown>): string => String(kind ?? name ?? form ?? '');

/** Null where there is none. Files with one key are one kind, told by the first of them. */
export function countedReasons(skipped: readonly Pick<Skipped, 'key' | 'values' | 'reason' | 'code'>[]): Reason | null {
  const kinds = new Map<string, { count: number; why: Reason | string }>();
  for (const { key, values = {}, reason: sentence } of skipped) {
    const id = key === undefined ? sentence : `${key} ${namedBy(values)}`;
    const kind = kinds.get(id);
    if (kind) kind.count++;
    else kinds.set(id, { count: 1, why: key === undefined ? sentence : { key, values } });
  }
  const all = [...kinds.values()].sort((a, b) => b.count - a.count);
  const told: Reason[] = all.slice(0, MOST).map(({ count, why }) => reason('skipped.kind', { count, why }));
  const others = all.slice(MOST).reduce((sum, { count }) => sum + count, 0);
  if (others > 0) told.push(reason('skipped.others', { count: others }));
  return told.reduceRight<Reason | null>((rest, one) => (rest ? reason('skipped.and', { one, rest }) : one), null);
}
