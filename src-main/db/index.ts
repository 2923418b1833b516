/** The history on disk: one SQLite file, opened by the application process alone, one table module per aggregate. */
import { backUpDaily, backupsOf, openCopy } from './backups.ts';
import { browsersTable } from './browsers.ts';
import { photoChanges } from './changes.ts';
import { checkpointsTable } from './checkpoints.ts';
import { collectionsTable } from './collections.ts';
import { csvLabelsTable } from './csvLabels.ts';
import { datasetsTable } from './datasets.ts';
import { descriptionsTable } from './descriptions.ts';
import { embeddingSetsTable } from './embeddings.ts';
import { imagesTable } from './images.ts';
import { labTables } from './lab.ts';
import { metricsTables } from './metrics.ts';
import { evaluationsTable, exportsTable } from './results.ts';
import { openDatabase, openingError } from './database.ts';
import type { Db } from './database.ts';
import { keptRows } from './kept.ts';
import { runsTable } from './runs.ts';
import { selfTestsTable } from './selfTests.ts';
import { tagsTable } from './tags.ts';
import { together } from './together.ts';
import { settingsTable } from './settings.ts';
import { isWhole } from './whole.ts';

export { setDatabaseAside } from './backups.ts';
export { openDatabase } from './database.ts';
export { inTheWay, isFullDisk, StorageError, storageError } from './errors.ts';
export { migrations } from './migrations.ts';
export { Gone, shortHash } from './identity.ts';
export type { DatasetCounts, DatasetRow, Moved } from './datasets.ts';
export { KeptRows, lasting } from './kept.ts';
export type { FoundPart, WholeRow } from './imageParts.ts';
export type { ImageRow } from './images.ts';
export type { FoundFile, NamedRow, ReadFacts } from './imageReading.ts';
export type { RuledRow } from './imageRules.ts';
export type { ImageFilter } from './imagePages.ts';
export type { Prediction } from './results.ts';
export type { RunRow } from './runs.ts';
export type { CheckpointRow } from './checkpoints.ts';
export type { CellRow, ExperimentRow } from './lab.ts';
export type { EmbeddingSetRow } from './embeddings.ts';
export type { Tagging, TagRow } from './tags.ts';
export type { TestedDevice } from './selfTests.ts';
/** Opens the history at `file`, made when absent. @throws StorageError */
export function openStore(file: string) {
  const db = openDatabase(file);
  try {
    return storeOf(db, file);
  } catch (error) {
    db.close();
    throw openingError(error, file);
  }
}

function storeOf(db: Db, file: string) {
  const kept = keptRows(db);
  return {
    datasets: datasetsTable(db),
    collections: collectionsTable(db),
    descriptions: descriptionsTable(db),
    images: imagesTable(db, photoChanges(db)),
    csvLabels: csvLabelsTable(db),
    runs: runsTable(db),
    metrics: metricsTables(db),
    checkpoints: checkpointsTable(db),
    embeddingSets: embeddingSetsTable(db),
    evaluations: evaluationsTable(db),
    exports: exportsTable(db),
    selfTests: selfTestsTable(db),
    lab: labTables(db),
    tags: tagsTable(db),
    browsers: browsersTable(db),
    settings: settingsTable(db),
    kept,
    /** Runs `work` so that everything inside happens or nothing does. */
    transaction: <T>(work: () => T): T => together(db, work)(),
    /** Makes today's copy, unless there is one; those of the last seven days are kept. */
    backUp: (now?: Date) => backUpDaily(db, file, now),
    /** Whether SQLite finds every page as it should be. */
    isWhole: () => isWhole(db),
    /**
     * Restores what the history lacks from the newest copy that is whole; of runs only those named and those that wait
     * in the queue. Returns the copy's path; null where there is none.
     */
    restoreBackup(runIds: ReadonlySet<string>): string | null {
      for (const copy of backupsOf(file)) {
        const opened = openCopy(copy);
        if (!opened) continue;
        try {
          kept.restoreFrom(opened.db, runIds);
          return copy;
        } finally {
          opened.close();
        }
      }
      return null;
    },
    close: () => void db.close(),
  };
}
export type Store = ReturnType<typeof openStore>;
