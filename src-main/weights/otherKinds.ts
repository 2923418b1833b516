/**
 * What people have in place of a file of weights, and cannot see: an archive around it, a web page or a pointer that was
 * saved under its name. Each is said to be that, as a reader of weights would only find it damaged.
 */
import { reason } from '../../shared/reason.ts';
import { WeightsFileError } from './errors.ts';

/** Bytes of the beginning that are looked at: a tar archive names itself here. */
export const KIND_BYTES = 262;

/** How archives begin, as Latin letters; a tar archive does so further behind. */
const archives: readonly [kind: string, begin: string, at?: number][] = [
  ['tar', 'ustar', 257],
  ['gzip', '\x1f\x8b'],
  ['bzip2', 'BZh'],
  ['xz', '\xfd7zXZ'],
  ['zstd', '\x28\xb5\x2f\xfd'],
  ['7z', '7z\xbc\xaf'],
  ['rar', 'Rar!'],
];

/** @throws WeightsFileError where a file of these first bytes is known to be something else */
export function refuseOtherKind(first: Uint8Array): void {
  const text = Buffer.from(first).toString('latin1');
  const kind = archives.find(([, begin, at = 0]) => text.startsWith(begin, at))?.[0];
  if (kind !== undefined) throw new WeightsFileError(reason('bad-file.packed', { kind }));
  if (/^(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|\?xml)/i.test(text))
    throw new WeightsFileError(reason('bad-file.web-page'));
  if (text.startsWith('version https://git-lfs')) throw new WeightsFileError(reason('bad-file.pointer'));
}
