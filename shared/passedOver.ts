/** Files of a folder that are no pictures, as a sentence: somebody may look for them among the photos. */
import { passedKinds } from './contract/dataset.ts';
import type { PassedOver } from './contract/dataset.ts';
import type { Reason } from './contract/wire.ts';
import { reason } from './reason.ts';

/** What was passed over, by kind; null: nothing. */
export function passedReason(counts: PassedOver): Reason | null {
  const said = passedKinds.flatMap((kind) => {
    const count = counts[kind] ?? 0;
    return count > 0 ? [reason(`note.passed.${kind}`, { count })] : [];
  });
  const last = said.pop();
  if (!last) return null;
  const list = said.reduceRight<Reason>((rest, one) => reason('note.passed.and', { one, rest }), last);
  return reason('note.passed', { list });
}
