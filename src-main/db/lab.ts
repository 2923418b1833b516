/** Experiments of the Lab and their cells: which run trains which arm with which seed, and what came of it. */
import type { ExperimentState, LabCell, LabPlan, StudyId, WireError } from '../../shared/contract.ts';
import type { Db } from './database.ts';

export interface ExperimentRow {
  id: string;
  study: StudyId;
  datasetId: string;
  /** Paused is no state of its own here: its run is. */
  state: Exclude<ExperimentState, 'paused'>;
  minutes: number;
  seeds: number;
  linear: boolean;
  /** The plan as it was started: what a later version would plan does not change it. */
  plan: LabPlan;
  createdAt: number;
  endedAt: number | null;
  reportFolder: string | null;
}

export interface CellRow {
  experimentId: string;
  /** Place in the order of training. */
  place: number;
  armId: string;
  seed: number;
  /** null before it begins, and when its run was deleted. */
  runId: string | null;
  color: string;
  /** How it ended; null before. Figures are kept beside the run, which may be deleted. */
  ended: 'finished' | 'failed' | null;
  figures: LabCell['figures'];
  linear: number | null;
  /** Why the linear evaluation failed: it is not tried again by itself. */
  linearError: WireError | null;
  error: WireError | null;
  seconds: number;
  /** How often it was started again after its process had died. */
  retries: number;
}

export interface RunLink {
  experimentId: string;
  study: StudyId;
  armId: string;
  seed: number;
}

const experimentColumns: Record<keyof ExperimentRow, string> = {
  id: 'id',
  study: 'study',
  datasetId: 'dataset_id',
  state: 'state',
  minutes: 'minutes',
  seeds: 'seeds',
  linear: 'linear',
  plan: 'plan',
  createdAt: 'created_at',
  endedAt: 'ended_at',
  reportFolder: 'report_folder',
};
const cellColumns: Record<keyof CellRow, string> = {
  experimentId: 'experiment_id',
  place: 'place',
  armId: 'arm_id',
  seed: 'seed',
  runId: 'run_id',
  color: 'color',
  ended: 'ended',
  figures: 'figures',
  linear: 'linear',
  linearError: 'linear_error',
  error: 'error',
  seconds: 'seconds',
  retries: 'retries',
};
const json = new Set(['plan', 'figures', 'linearError', 'error']);

const selected = (columns: Record<string, string>) =>
  Object.entries(columns)
    .map(([key, column]) => `${column} AS ${key}`)
    .join(', ');
const parsed = <Row>(row: Record<string, unknown>): Row => {
  for (const key of json) if (typeof row[key] === 'string') row[key] = JSON.parse(row[key]);
  return row as Row;
};
const experimentOf = (row: Record<string, unknown>): ExperimentRow =>
  parsed<ExperimentRow>({ ...row, linear: row['linear'] === 1 });
const toColumn = (key: string, value: unknown) =>
  typeof value === 'boolean' ? Number(value) : json.has(key) && value !== null ? JSON.stringify(value) : value;

export function labTables(db: Db) {
  type Raw = Record<string, unknown>;
  const all = db.prepare<[], Raw>(
    `SELECT ${selected(experimentColumns)} FROM experiments ORDER BY created_at DESC, rowid DESC`,
  );
  const get = db.prepare<[string], Raw>(`SELECT ${selected(experimentColumns)} FROM experiments WHERE id = ?`);
  const cells = db.prepare<[string], Raw>(
    `SELECT ${selected(cellColumns)} FROM experiment_cells WHERE experiment_id = ? ORDER BY place`,
  );
  const linkOf = db.prepare<[string], RunLink>(
    `SELECT experiment_id AS experimentId, study, arm_id AS armId, seed
     FROM experiment_cells JOIN experiments ON experiments.id = experiment_id WHERE run_id = ?`,
  );
  const links = db.prepare<[], RunLink & { runId: string }>(
    `SELECT run_id AS runId, experiment_id AS experimentId, study, arm_id AS armId, seed
     FROM experiment_cells JOIN experiments ON experiments.id = experiment_id WHERE run_id IS NOT NULL`,
  );
  const remove = db.prepare('DELETE FROM experiments WHERE id = ?');
  const insertInto = (table: string, columns: Record<string, string>, row: object) =>
    void db
      .prepare(
        `INSERT INTO ${table} (${Object.values(columns).join(', ')}) VALUES (${Object.keys(columns)
          .map(() => '?')
          .join(', ')})`,
      )
      .run(...Object.keys(columns).map((key) => toColumn(key, (row as Raw)[key])));
  const setOf = (columns: Record<string, string>, patch: object) => ({
    text: Object.keys(patch)
      .map((key) => `${columns[key]} = ?`)
      .join(', '),
    values: Object.entries(patch).map(([key, value]) => toColumn(key, value)),
  });
  return {
    /** Newest first. */
    all: () => all.all().map(experimentOf),
    get(id: string): ExperimentRow | undefined {
      const row = get.get(id);
      return row && experimentOf(row);
    },
    insert: db.transaction((row: ExperimentRow, own: readonly CellRow[]) => {
      insertInto('experiments', experimentColumns, row);
      for (const cell of own) insertInto('experiment_cells', cellColumns, cell);
    }),
    update(id: string, patch: Partial<Omit<ExperimentRow, 'id'>>): void {
      const { text, values } = setOf(experimentColumns, patch);
      db.prepare(`UPDATE experiments SET ${text} WHERE id = ?`).run(...values, id);
    },
    /** Removes an experiment and its cells; its runs stay. */
    remove: (id: string) => void remove.run(id),
    /** In the order of training. */
    cells: (id: string) => cells.all(id).map((row) => parsed<CellRow>(row)),
    updateCell(id: string, place: number, patch: Partial<Omit<CellRow, 'experimentId' | 'place'>>): void {
      const { text, values } = setOf(cellColumns, patch);
      db.prepare(`UPDATE experiment_cells SET ${text} WHERE experiment_id = ? AND place = ?`).run(...values, id, place);
    },
    /** The experiment that a run is an arm of. */
    linkOf: (runId: string) => linkOf.get(runId),
    /** The same of every run that is one, by run. */
    links: () => new Map(links.all().map(({ runId, ...link }) => [runId, link])),
  };
}
