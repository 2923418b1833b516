/** Runs with their full configuration and last known state; their figures are in metrics.ts. */
import { probeMetricNames } from '../../shared/metrics.ts';
import { completed } from '../../shared/metricRows.ts';
import type { Baselines } from '../../shared/baselines.ts';
import type { ProbeMetrics } from '../../shared/metricRows.ts';
import { readConfig, recordVersion } from '../../shared/records.ts';
import type { Judgement } from '../../shared/verdict/judgement.ts';
import type { FrozenEncoder } from '../../shared/frozen.ts';
import type { RunConfig } from '../../shared/config.ts';
import type { RunState, WireError } from '../../shared/contract.ts';
import type { Reason } from '../../shared/contract/wire.ts';
import type { Db } from './database.ts';
import { namingColumn } from './naming.ts';
import type { Addition } from './naming.ts';

export interface RunRow {
  id: string;
  name: string;
  /** The name's key and values where the program gave it; null: a person did, or it is a file's. */
  naming: Reason | null;
  color: string;
  notes: string;
  state: RunState;
  datasetId: string;
  preset: string | null;
  config: RunConfig;
  clonedFrom: string | null;
  createdAt: number;
  startedAt: number | null;
  endedAt: number | null;
  device: string | null;
  images: number;
  skipped: number;
  epoch: number;
  epochs: number | null;
  step: number;
  steps: number | null;
  trainingSeconds: number;
  etaSeconds: number | null;
  imagesPerSecond: number | null;
  untrained: ProbeMetrics | null;
  baselines: Baselines | null;
  judgement: Judgement | null;
  /** The network from elsewhere that it uses as it is; null: it trains its own. */
  encoder: FrozenEncoder | null;
  error: WireError | null;
  /** Epochs to extend a finished run by, and the step of the checkpoint that is extended. */
  extendBy: number | null;
  extendFrom: number | null;
  /** Its place in the queue that outlives the application; null where it does not wait there. */
  queuePlace: number | null;
  deletedAt: number | null;
}

const names: Record<keyof RunRow, string> = {
  id: 'id',
  name: 'name',
  naming: 'naming',
  color: 'color',
  notes: 'notes',
  state: 'state',
  datasetId: 'dataset_id',
  preset: 'preset',
  config: 'config',
  clonedFrom: 'cloned_from',
  createdAt: 'created_at',
  startedAt: 'started_at',
  endedAt: 'ended_at',
  device: 'device',
  images: 'images',
  skipped: 'skipped',
  epoch: 'epoch',
  epochs: 'epochs',
  step: 'step',
  steps: 'steps',
  trainingSeconds: 'training_seconds',
  etaSeconds: 'eta_seconds',
  imagesPerSecond: 'images_per_second',
  untrained: 'untrained',
  baselines: 'baselines',
  judgement: 'judgement',
  encoder: 'encoder',
  error: 'error',
  extendBy: 'extend_by',
  extendFrom: 'extend_from',
  queuePlace: 'queue_place',
  deletedAt: 'deleted_at',
};
const json = new Set<string>(['naming', 'config', 'untrained', 'baselines', 'judgement', 'encoder', 'error']);
const keys = Object.keys(names) as (keyof RunRow)[];
const columns = [...keys.map((key) => `${names[key]} AS ${key}`), 'record_version AS recordVersion'].join(', ');

/**
 * Configurations that were read lately, by version and text: the list of runs reads them all, and is asked for often.
 */
const configs = new Map<string, RunConfig>();
const mostConfigs = 1000;

function configOf(text: string, version: number): RunConfig {
  const key = `${version} ${text}`;
  let config = configs.get(key);
  if (config) return config;
  config = JSON.parse(text) as RunConfig;
  try {
    config = readConfig(config, version);
  } catch {
    // Of a newer version, or of none: shown as it is, and refused where something is to be computed with it.
  }
  if (configs.size >= mostConfigs) configs.clear();
  configs.set(key, config);
  return config;
}

const fromRow = (row: Record<string, unknown>): RunRow => {
  const { recordVersion: version, ...rest } = row;
  rest['config'] = configOf(rest['config'] as string, version as number);
  for (const key of json) if (typeof rest[key] === 'string') rest[key] = JSON.parse(rest[key]);
  const out = rest as unknown as RunRow;
  if (out.untrained) out.untrained = completed(out.untrained, probeMetricNames);
  return out;
};
const toColumn = (key: string, value: unknown) => (json.has(key) && value !== null ? JSON.stringify(value) : value);

export function runsTable(db: Db) {
  const all = db.prepare<[], Record<string, unknown>>(
    `SELECT ${columns} FROM runs ORDER BY created_at DESC, rowid DESC`,
  );
  const get = db.prepare<[string], Record<string, unknown>>(`SELECT ${columns} FROM runs WHERE id = ?`);
  const insert = db.prepare(
    `INSERT INTO runs (id, name, naming, color, state, dataset_id, preset, config, record_version, cloned_from, created_at, epochs, images)
     VALUES (@id, @name, @naming, @color, @state, @datasetId, @preset, @config, ${recordVersion}, @clonedFrom, @createdAt, @epochs, @images)`,
  );
  const waiting = db.prepare<[], Record<string, unknown>>(
    `SELECT ${columns} FROM runs
     WHERE state = 'queued' AND queue_place IS NOT NULL AND deleted_at IS NULL ORDER BY queue_place`,
  );
  const places = db.prepare<[], { least: number | null; most: number | null }>(
    'SELECT MIN(queue_place) AS least, MAX(queue_place) AS most FROM runs',
  );
  const remove = db.prepare('DELETE FROM runs WHERE id = ?');
  return {
    /** Newest first, deleted ones included. */
    all: () => all.all().map(fromRow),
    /** Runs that wait in the kept queue, in the order of their turns. */
    waiting: () => waiting.all().map(fromRow),
    /** A free place in the kept queue, before or behind all others. */
    freePlace(where: 'first' | 'last'): number {
      const { least, most } = places.get()!;
      return where === 'first' ? (least ?? 0) - 1 : (most ?? 0) + 1;
    },
    get(id: string): RunRow | undefined {
      const row = get.get(id);
      return row && fromRow(row);
    },
    insert(
      row: Pick<
        RunRow,
        | 'id'
        | 'name'
        | 'color'
        | 'state'
        | 'datasetId'
        | 'preset'
        | 'config'
        | 'clonedFrom'
        | 'createdAt'
        | 'epochs'
        | 'images'
      > &
        Addition,
    ): void {
      insert.run({ ...row, config: JSON.stringify(row.config), naming: namingColumn(row) });
    },
    update(id: string, patch: Partial<Omit<RunRow, 'id'>>): void {
      const set = Object.keys(patch) as (keyof typeof patch)[];
      if (set.length === 0) return;
      const columns = set.map((key) => `${names[key]} = ?`);
      if ('config' in patch) columns.push(`record_version = ${recordVersion}`);
      db.prepare(`UPDATE runs SET ${columns.join(', ')} WHERE id = ?`).run(
        ...set.map((key) => toColumn(key, patch[key])),
        id,
      );
    },
    /** Removes a run with all its figures. */
    remove: (id: string) => void remove.run(id),
  };
}
