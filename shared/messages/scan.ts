/** What a reading found otherwise than the one before: "3 new, 1 gone, 2 moved", for the window and the command line. */
import type { ScanChanges } from '../contract/dataset.ts';
import type { MessageKey } from './window/index.ts';
import type { Values } from './format.ts';

const parts = ['added', 'changed', 'moved', 'back', 'gone'] as const satisfies readonly (keyof ScanChanges)[];

export function changesText(changes: ScanChanges, t: (key: MessageKey, values?: Values) => string): string {
  const said = parts.flatMap((part) => (changes[part] > 0 ? [t(`scan.${part}`, { count: changes[part] })] : []));
  return said.length > 0 ? said.join(t('scan.and')) : t('scan.same');
}
