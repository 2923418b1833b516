/**
 * The rows of a run that its folder keeps, by table and column, and their way back into a history that has lost them.
 * Columns that the present schema does not have are left out; those that it has more take their defaults.
 */
import { isUnderWay } from '../../shared/underWay.ts';
import { z } from 'zod';
import type { Statement } from 'better-sqlite3';
import type { Db } from './database.ts';

const Row = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
export const KeptRows = z.record(z.string(), z.array(Row));
export type KeptRows = z.infer<typeof KeptRows>;
type Row = z.infer<typeof Row>;

/** Most steps of a run that its folder keeps, evenly spaced. */
const mostSteps = 2000;

/** Photos read at a time, some milliseconds' work. */
const photosAtOnce = 500;

/** Columns that change with every step, and follow from checkpoints and figures. */
const volatile = ['step', 'epoch', 'training_seconds', 'eta_seconds', 'images_per_second', 'seconds'];

/** What is kept of a run, in the order in which rows refer to others. */
const tables = {
  // those of its embeddings too, and a collection's folder; which photos it holds is in the copies of the history
  datasets: `WITH run AS (SELECT ? AS id),
    used AS (SELECT dataset_id AS id FROM runs WHERE id = (SELECT id FROM run)
      UNION SELECT dataset_id FROM embedding_sets WHERE run_id = (SELECT id FROM run))
    SELECT DISTINCT kept.* FROM used JOIN datasets AS own ON own.id = used.id
      JOIN datasets AS kept ON kept.id IN (own.id, own.parent)`,
  runs: 'SELECT * FROM runs WHERE id = ?',
  experiments:
    'SELECT experiments.* FROM experiments JOIN experiment_cells ON experiments.id = experiment_id WHERE run_id = ?',
  experiment_cells:
    'SELECT * FROM experiment_cells WHERE experiment_id IN (SELECT experiment_id FROM experiment_cells WHERE run_id = ?)',
  checkpoints: 'SELECT * FROM checkpoints WHERE run_id = ?',
  embedding_sets: 'SELECT * FROM embedding_sets WHERE run_id = ?',
  exports: 'SELECT * FROM exports WHERE run_id = ?',
} as const;
const figures = {
  epoch_metrics: 'SELECT * FROM epoch_metrics WHERE run_id = ?',
  verdicts: 'SELECT * FROM verdicts WHERE run_id = ?',
  strips: 'SELECT * FROM strips WHERE run_id = ?',
} as const;
const order = [
  'datasets',
  'images',
  ...Object.keys(tables).filter((table) => table !== 'datasets'),
  'step_metrics',
  ...Object.keys(figures),
  'evaluations',
  'skipped',
  'csv_labels',
  'settings',
  'self_tests',
  'tags',
  'image_tags',
  'tag_rejections',
  'collection_images',
  'image_keywords',
];

export function keptRows(db: Db) {
  const select = (queries: Record<string, string>, runId: string): KeptRows =>
    Object.fromEntries(
      Object.entries(queries).map(([table, sql]) => [table, db.prepare<[string], Row>(sql).all(runId)]),
    );
  const known = new Map<string, Set<string>>();
  const columnsOf = (table: string): Set<string> => {
    const there = known.get(table);
    if (there) return there;
    const names = db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table);
    known.set(table, new Set(names));
    return known.get(table)!;
  };
  const insertions = new Map<string, Statement>();
  const insertion = (table: string, columns: string[]): Statement => {
    const key = `${table} ${columns.join()}`;
    const there = insertions.get(key);
    if (there) return there;
    const quoted = columns.map((name) => `"${name}"`);
    const conflict =
      table === 'runs'
        ? `ON CONFLICT (id) DO UPDATE SET ${quoted.map((name) => `${name} = excluded.${name}`).join(', ')}`
        : 'ON CONFLICT DO NOTHING';
    const values = columns.map(() => '?').join(', ');
    const made = db.prepare(`INSERT INTO ${table} (${quoted.join(', ')}) VALUES (${values}) ${conflict}`);
    insertions.set(key, made);
    return made;
  };
  const put = (table: string, row: Row): void => {
    const columns = Object.keys(row).filter((name) => columnsOf(table).has(name));
    if (columns.length > 0) insertion(table, columns).run(...columns.map((name) => row[name]));
  };
  const idOfFolder = db.prepare<[unknown], string>('SELECT id FROM datasets WHERE folder = ?').pluck();
  /** From kept ids of folders of photos to present ones: a folder that was added anew since has another id. */
  const renamed = ({ datasets = [] }: KeptRows): Map<unknown, string> => {
    const known = datasets.map(({ id, folder }) => [id, idOfFolder.get(folder)] as const);
    return new Map(known.filter((pair): pair is readonly [string, string] => !!pair[1] && pair[0] !== pair[1]));
  };
  /** A row with the ids that its folder has now; null for a photo, which has another id there. */
  const ofPresent = (table: string, row: Row, now: ReadonlyMap<unknown, string>): Row | null => {
    const parent = table === 'datasets' ? now.get(row['parent']) : undefined;
    const datasetId = now.get(row['dataset_id']);
    if (datasetId !== undefined && table === 'images') return null;
    return {
      ...row,
      ...(parent !== undefined && { parent }),
      ...(datasetId !== undefined && { dataset_id: datasetId }),
    };
  };

  const isDataset = db.prepare<[unknown]>('SELECT 1 FROM datasets WHERE id = ?').pluck();

  const takenOut = db.prepare<[string, number], Row>(
    `SELECT * FROM images INDEXED BY images_excluded WHERE dataset_id = ? AND excluded = 1 AND rowid > ?
     ORDER BY rowid LIMIT ${photosAtOnce}`,
  );
  const rowOf = db.prepare<[unknown], number>('SELECT rowid FROM images WHERE id = ?').pluck();
  const evaluationIds = db
    .prepare<[string], string>(
      `SELECT coalesce(group_concat(id), '') FROM (SELECT id FROM evaluations WHERE run_id = ? ORDER BY id)`,
    )
    .pluck();

  return {
    /** The run, its folder of photos, its checkpoints, embeddings and exports. */
    ofRun: (runId: string): KeptRows => select(tables, runId),
    /**
     * The photos that a person took out of a folder, in pieces of some milliseconds: the others are found again by
     * reading it. The caller lets others have the thread in between.
     */
    *takenOut(folderId: string): Generator<Row[]> {
      for (let rows = takenOut.all(folderId, 0); rows.length > 0;) {
        yield rows;
        rows = takenOut.all(folderId, rowOf.get(rows.at(-1)!['id'])!);
      }
    },
    /** Figures and verdicts of its epochs, and at most `mostSteps` of its steps. */
    figures(runId: string): KeptRows {
      const count = db.prepare<[string], number>('SELECT count(*) FROM step_metrics WHERE run_id = ?').pluck();
      const width = Math.max(1, Math.ceil(count.get(runId)! / mostSteps));
      const steps = db.prepare<[string, number], Row>('SELECT * FROM step_metrics WHERE run_id = ? AND step % ? = 0');
      return { ...select(figures, runId), step_metrics: steps.all(runId, width) };
    },
    /** The evaluations of a run by their ids alone; '': there is none. */
    evaluationIds: (runId: string): string => evaluationIds.get(runId)!,
    evaluations: (runId: string): KeptRows =>
      select({ evaluations: 'SELECT * FROM evaluations WHERE run_id = ?' }, runId),
    /**
     * Puts rows back into the history. Rows that are there stay, except the run's, which becomes what its folder says;
     * a run that was running, paused or queued becomes interrupted.
     */
    restore: db.transaction((rows: KeptRows) => {
      db.pragma('defer_foreign_keys = ON');
      const now = renamed(rows);
      for (const table of order)
        for (const given of rows[table] ?? []) {
          const row = ofPresent(table, given, now);
          if (row === null) continue;
          // earlier versions kept of another folder than the run's own nothing but its id
          if (table === 'embedding_sets' && isDataset.get(row['dataset_id']) === undefined) continue;
          const atWork = table === 'runs' && isUnderWay(String(row['state']));
          put(table, atWork ? { ...row, state: 'interrupted', queue_place: null, eta_seconds: null } : row);
        }
      // a cell whose run was deleted, or has not been found again
      db.exec(
        'UPDATE experiment_cells SET run_id = NULL WHERE run_id IS NOT NULL AND run_id NOT IN (SELECT id FROM runs)',
      );
    }),
    /**
     * Puts back the rows of the tables in `order` from another history of the same schema, except what belongs to runs
     * that are neither named nor waiting in the queue there.
     */
    restoreFrom: db.transaction((other: Db, runIds: ReadonlySet<string>) => {
      db.pragma('defer_foreign_keys = ON');
      const now = renamed({ datasets: other.prepare<[], Row>('SELECT id, folder FROM datasets').all() });
      // a photo or a tag that is known by another id by now takes nothing over
      const isThere = db
        .prepare<[unknown, unknown]>('SELECT 1 FROM tags, images WHERE tags.id = ? AND images.id = ?')
        .pluck();
      const isPhoto = db
        .prepare<[unknown, unknown]>('SELECT 1 FROM datasets, images WHERE datasets.id = ? AND images.id = ?')
        .pluck();
      const isKnown = db.prepare<[unknown]>('SELECT 1 FROM images WHERE id = ?').pluck();
      // the lines of the CSV that a folder goes by there come under the number that it goes by here
      const csvThere = other.prepare<[unknown], number>('SELECT csv_import FROM datasets WHERE id = ?').pluck();
      const csvHere = db.prepare<[unknown], number>('SELECT csv_import FROM datasets WHERE id = ?').pluck();
      const waits = (row: Row) => row['state'] === 'queued' && row['deleted_at'] === null;
      const wanted = new Set(
        (other.prepare('SELECT * FROM runs').all() as Row[])
          .filter((row) => runIds.has(String(row['id'])) || waits(row))
          .map((row) => row['id']),
      );
      for (const table of order)
        for (const given of other.prepare<[], Row>(`SELECT * FROM ${table}`).iterate()) {
          const row = ofPresent(table, given, now);
          if (row === null) continue;
          if (table === 'runs' ? !wanted.has(row['id']!) : 'run_id' in row && !isOf(row, wanted)) continue;
          if (table === 'collection_images' && isPhoto.get(row['dataset_id'], row['image_id']) === undefined) continue;
          if (table === 'image_keywords' && isKnown.get(row['image_id']) === undefined) continue;
          if (table === 'csv_labels') {
            if (given['import'] === csvThere.get(given['dataset_id']))
              put(table, { ...row, import: csvHere.get(row['dataset_id']) ?? 0 });
            continue;
          }
          if ('tag_id' in row && isThere.get(row['tag_id'], row['image_id']) === undefined) continue;
          put(table, table === 'experiment_cells' && !wanted.has(row['run_id']!) ? { ...row, run_id: null } : row);
        }
    }),
  };
}

/** Whether a row belongs to one of the runs. A cell of the Lab always counts: it stays without its run. */
const isOf = (row: Row, runs: ReadonlySet<unknown>): boolean => 'experiment_id' in row || runs.has(row['run_id']);

/** The rows as text without what every step changes: equal texts need not be kept again. */
export const lasting = (rows: KeptRows): string =>
  JSON.stringify(rows, (key, value: unknown) => (volatile.includes(key) ? undefined : value));
