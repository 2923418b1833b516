/** A command that waits until the application has listed a folder. */
import type { Client } from '../../shared/client.ts';
import type { Dataset, ScanChanges, ScanProgress } from '../../shared/contract.ts';
import { ContractError } from '../../shared/contract/wire.ts';
import { formatMessage } from '../../shared/messages/format.ts';
import type { Values } from '../../shared/messages/format.ts';
import { changesText } from '../../shared/messages/scan.ts';
import { en } from '../../shared/messages/window/index.ts';
import type { MessageKey } from '../../shared/messages/window/index.ts';
import type { Context } from './command.ts';
import { untilGone } from './gone.ts';

/** What begins a reading of a folder, and what that listed; progress is shown, and what changed is said. */
export async function listed(
  client: Client,
  folder: string,
  begin: () => Promise<Dataset>,
  { output, signal }: Context,
): Promise<{ dataset: Dataset; changes: ScanChanges | null }> {
  let progress: ScanProgress | null = null;
  let datasetId: string | null = null;
  const { promise: listing, resolve: finish } = Promise.withResolvers<void>();
  const isOver = () => progress?.datasetId === datasetId && progress !== null && progress.phase !== 'listing';
  const seen = new Map<string, ScanProgress>();
  const off = client.on('scan', (event) => {
    seen.set(event.progress.datasetId, event.progress);
    if (datasetId !== null && event.progress.datasetId !== datasetId) return;
    progress = event.progress;
    output.progress(`looking for photos in ${folder}: ${progress.found} found`);
    if (isOver()) finish();
  });
  const { gone, off: offGone } = untilGone(
    client,
    () => `the application that reads ${folder} was closed: give the command again`,
    signal,
  );
  try {
    const begun = await begin();
    datasetId = begun.id;
    const last = seen.get(begun.id);
    progress = last?.phase === 'reading' ? null : (last ?? null); // that may have been the reading before this one
    if (!isOver() && begun.state === 'scanning') await Promise.race([listing, gone]);
    const over = progress as ScanProgress | null;
    if (over?.phase === 'failed')
      throw over.error ? new ContractError(over.error) : new Error(`${folder} cannot be read`);
    output.clear();
    const changes = over?.changes ?? null;
    const english = (key: MessageKey, values?: Values) => formatMessage(en[key], 'en', values);
    if (changes && Object.values(changes).some((count) => count > 0))
      output.note(`${folder} has changed: ${changesText(changes, english)}`);
    return { dataset: await client.call('library.get', { datasetId: begun.id }), changes };
  } finally {
    off();
    offGone();
    output.clear();
  }
}
