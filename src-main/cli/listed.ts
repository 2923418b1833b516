/** A command that waits until the application has listed a folder. */
import type { Client } from '../../shared/client.ts';
import type { Dataset, ScanChanges, ScanProgress, Skipped } from '../../shared/contract.ts';
import { mostListed } from '../../shared/contract.ts';
import { ContractError } from '../../shared/contract/wire.ts';
import { counted, formatMessage } from '../../shared/messages/format.ts';
import type { Values } from '../../shared/messages/format.ts';
import { changesText } from '../../shared/messages/scan.ts';
import { en } from '../../shared/messages/window/index.ts';
import type { MessageKey } from '../../shared/messages/window/index.ts';
import type { Context } from './command.ts';
import { untilGone } from './gone.ts';
import type { Output } from './output.ts';

/** Folders of skipped files that are named. */
const SHOWN = 5;

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
    const dataset = await client.call('library.get', { datasetId: begun.id });
    if (dataset.away > 0) await tellClosed(client, dataset.id, output);
    return { dataset, changes };
  } finally {
    off();
    offGone();
    output.clear();
  }
}

/** Names the subfolders that could not be read, where photos are away: those in them are. */
async function tellClosed(client: Client, datasetId: string, output: Output): Promise<void> {
  const closed: Skipped[] = [];
  for (let [offset, total] = [0, 1]; offset < total; offset += mostListed) {
    const page = await client.call('library.skipped', { datasetId, offset, limit: mostListed });
    closed.push(...page.files.filter(({ key }) => key === 'unreadable.subfolder'));
    total = page.total;
  }
  for (const { file, reason } of closed.slice(0, SHOWN)) output.note(`${file}: ${reason}`);
  if (closed.length > SHOWN)
    output.note(`and ${counted(closed.length - SHOWN, 'more folder', 'more folders')} that cannot be read`);
}
