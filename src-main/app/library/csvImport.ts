/** Keeps a CSV for a folder and has the folder go by it: all at once for who reads, a few lines at a time for who waits. */
import type { Dataset } from '../../../shared/contract.ts';
import type { AppContext } from '../context.ts';
import { unhurried } from '../unhurried.ts';
import type { CsvRow } from './csv.ts';
import type { Library } from './library.ts';

type Parts = Pick<AppContext, 'store' | 'closing'>;

/**
 * A command on the folder (Library.command).
 * @param change what else changes with it
 * @throws the signal's reason, until the folder goes by it: then nothing has changed
 */
export async function importCsv(
  { store, closing }: Parts,
  library: Library,
  datasetId: string,
  rows: readonly CsvRow[],
  change: () => void,
  signal: AbortSignal,
): Promise<Dataset> {
  const { csvLabels } = store;
  try {
    const number = await unhurried(csvLabels.keep(datasetId, rows), signal);
    return await library.changeRules(datasetId, () => {
      csvLabels.use(datasetId, number);
      change();
    });
  } finally {
    // the lines before, or those of this one; where there is no time for it, when the application starts again
    if (!closing.aborted) await unhurried(csvLabels.clear(datasetId), closing);
  }
}

/** Takes away what was left where an import ended with its process. */
export function clearImports({ store, closing }: Parts, library: Library): void {
  for (const { id } of store.datasets.all())
    void library.command(id, () => unhurried(store.csvLabels.clear(id), closing)).catch(() => {}); // closing: the next time
}
