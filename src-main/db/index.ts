/** The history on disk: one SQLite file, opened by the application process alone, one table module per aggregate. */
import { backUpDaily } from './backups.ts';
import { browsersTable } from './browsers.ts';
import { checkpointsTable } from './checkpoints.ts';
import { csvLabelsTable } from './csvLabels.ts';
import { datasetsTable } from './datasets.ts';
import { embeddingSetsTable } from './embeddings.ts';
import { imagesTable } from './images.ts';
import { labTables } from './lab.ts';
import { metricsTables } from './metrics.ts';
import { evaluationsTable, exportsTable } from './results.ts';
import { openDatabase } from './database.ts';
import { runsTable } from './runs.ts';
import { selfTestsTable } from './selfTests.ts';
import { settingsTable } from './settings.ts';

export { openDatabase } from './database.ts';
export { isFullDisk, storageError } from './errors.ts';
export { migrations } from './migrations.ts';
export { Gone, shortHash } from './images.ts';
export type { DatasetRow } from './datasets.ts';
export type { FoundFile, ImageRow, NamedRow, ReadFacts, RuledRow } from './images.ts';
export type { RunRow } from './runs.ts';
export type { CheckpointRow } from './checkpoints.ts';
export type { CellRow, ExperimentRow } from './lab.ts';
export type { EmbeddingSetRow } from './embeddings.ts';
export type { TestedDevice } from './selfTests.ts';
/** @throws StorageError */
export function openStore(file: string) {
  const db = openDatabase(file);
  return {
    datasets: datasetsTable(db),
    images: imagesTable(db),
    csvLabels: csvLabelsTable(db),
    runs: runsTable(db),
    metrics: metricsTables(db),
    checkpoints: checkpointsTable(db),
    embeddingSets: embeddingSetsTable(db),
    evaluations: evaluationsTable(db),
    exports: exportsTable(db),
    selfTests: selfTestsTable(db),
    lab: labTables(db),
    browsers: browsersTable(db),
    settings: settingsTable(db),
    /** Everything inside happens or nothing does. */
    transaction: <T>(work: () => T): T => db.transaction(work)(),
    /** A copy of today beside it, unless there is one; the last seven days' are kept. */
    backUp: (now?: Date) => backUpDaily(db, file, now),
    close: () => void db.close(),
  };
}
export type Store = ReturnType<typeof openStore>;
