/** A kind of measured values in words: `uint16x1` is what the decoder and the configuration say, not people. */
import type { Reason } from './contract/wire.ts';
import { reason } from './reason.ts';

/** A kind such as `uint16x1` or `float32x3c` as a sentence's part; one that is not of this form as it is. */
export function measuredKind(kind: string): Reason | string {
  const parts = /^(uint|int|float)(\d+)x(\d+)([cbn]?)$/.exec(kind);
  if (!parts) return kind;
  const [, type, bits, count, form] = parts;
  return reason(form === 'c' ? 'note.kind.channels' : 'note.kind', {
    type: reason(`note.kind.${type as 'uint' | 'int' | 'float'}`, { bits: Number(bits) }),
    count: Number(count),
  });
}

/** Several kinds, one after the other. */
export const measuredKinds = (kinds: readonly string[]): Reason | string =>
  kinds.map(measuredKind).reduce((one, other) => reason('note.kind.and', { one, other }));
