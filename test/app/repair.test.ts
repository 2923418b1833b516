/** A damaged, deleted or newer database: the history is made again from its copies and from the folders of runs. */
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { IdList } from '../../shared/idList.ts';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createApp, homePaths, repairHome } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { Leases } from '../../src-main/app/leases.ts';
import { recoverRuns } from '../../src-main/app/recover.ts';
import { openStore } from '../../src-main/db/index.ts';
import type { KeptRows } from '../../src-main/db/index.ts';
import { writeRecord } from '../../src-main/files/index.ts';
import { testFolder } from '../helpers/folders.ts';
import { unpackHome } from '../helpers/homes.ts';
import type { OldHome } from '../helpers/homes.ts';

let old: OldHome;
let whole: string;
let expected: Awaited<ReturnType<typeof historyOf>>;
/** Photos that were taken out. */
let takenOut: number;
let root: string;
let home: string;
let app: App | undefined;

const open = async (at: string) =>
  (app = await createApp({ home: at, host: { kind: 'cli', version: '0' }, checkResults: true }));
const close = async () => {
  await app?.close();
  app = undefined;
};

/** What a person sees of it. */
async function historyOf(opened: App) {
  const runs = await opened.handle('runs.list', null);
  const details = [];
  for (const { id } of runs.sort((a, b) => a.id.localeCompare(b.id))) {
    const run = await opened.handle('runs.get', { runId: id });
    details.push({
      ...run,
      epochs: await opened.handle('runs.epochs', { runId: id }),
      steps: await opened.handle('runs.steps', { runId: id, after: -1, points: 5000 }),
      strips: await opened.handle('runs.strip', { runId: id }),
      evaluations: await opened.handle('evaluate.list', { runId: id }),
      exports: await opened.handle('exports.list', { runId: id }),
      sets: await opened.handle('explore.sets', { runId: id }),
    });
  }
  const ofRuns = new Set(details.map(({ datasetId }) => datasetId));
  const datasets = (await opened.handle('library.list', null)).filter(({ id }) => ofRuns.has(id));
  const tags = [];
  for (const tag of await opened.handle('tags.list', null))
    tags.push({ ...tag, images: [...IdList.read(await opened.handle('tags.images', { tagId: tag.id }))] });
  return { details, datasets, tags };
}

beforeAll(async () => {
  old = unpackHome('0.1.0');
  const first = await open(old.home);
  const [run] = await first.handle('runs.list', null);
  const [one, other] = IdList.read(await first.handle('photos.ids', { datasetId: run!.datasetId }));
  await first.handle('library.exclude', { imageIds: [one!], excluded: true });
  const { id: tagId } = await first.handle('tags.create', { name: 'kept' });
  await first.handle('tags.set', { tagId, imageIds: [one!], on: true });
  await first.handle('tags.reject', { tagId, imageIds: [other!], on: true });
  await close(); // its copy of today is made here, before the name
  const again = await open(old.home);
  await again.handle('runs.update', { runId: run!.id, name: 'after the copy' });
  expected = await historyOf(again);
  await close();
  whole = old.home;
  takenOut = expected.datasets.reduce((sum, { excluded }) => sum + excluded, 0);
}, 120_000);
afterAll(() => old.remove());
beforeEach(() => {
  root = testFolder('repair');
  home = join(root, 'home');
  cpSync(whole, home, { recursive: true, preserveTimestamps: true, filter: (path) => !path.endsWith('.sock') });
});
afterEach(() => close());

const database = () => join(home, 'lookalike.db');
const withoutCopies = () => {
  for (const name of readdirSync(home).filter((name) => /\.(day|backup)-/.test(name))) rmSync(join(home, name));
};
/** Of a folder of photos only what a run names is known until it is read again. */
const unread = ({ details, datasets }: typeof expected) => ({
  details,
  datasets: datasets.map(({ id, name, folder, heldOut, labels }) => [id, name, folder, heldOut, labels.source]),
});

test('a database that is cut off is set aside; the copy takes its place, completed from the folders', async () => {
  truncateSync(database(), statSync(database()).size - 3 * 4096);
  const found = await repairHome(home);
  expect(found).toMatchObject({ backup: expect.stringMatching(/day-/) as string, unreadable: [] });
  expect(existsSync(join(home, found.aside!))).toBe(true);
  expect(await historyOf(await open(home))).toEqual(expected);
});

test('a page with other bytes is found, and the history is whole again without a copy', async () => {
  withoutCopies();
  const bytes = readFileSync(database());
  for (let page = 1; page < bytes.length / 4096; page += 3)
    bytes.fill(0x5a, page * 4096 + 200, (page + 1) * 4096 - 200);
  writeFileSync(database(), bytes);
  const found = await repairHome(home);
  expect(found).toMatchObject({ backup: null, runs: expected.details.length, unreadable: [] });
  expect(found.aside).toMatch(/^lookalike\.db\.damaged-/);
  expect(unread(await historyOf(await open(home)))).toEqual(unread(expected));
  await close();
  const db = new Database(database(), { readonly: true });
  expect(db.prepare('SELECT count(*) FROM images WHERE excluded = 1').pluck().get()).toBe(takenOut);
  db.close();
});

test('a database that is gone is offered back by the application, which lacks nothing afterwards', async () => {
  withoutCopies();
  for (const name of readdirSync(home).filter((name) => name.startsWith('lookalike.db'))) rmSync(join(home, name));
  const opened = await open(home);
  expect(await opened.handle('runs.list', null)).toEqual([]);
  expect(await opened.handle('system.lostRuns', null)).toBe(expected.details.length);
  const told: string[] = [];
  opened.onEvent((event) => event.name === 'run' && told.push(event.run.id));
  expect(await opened.handle('system.recover', null)).toMatchObject({ runs: expected.details.length, aside: null });
  expect(told.sort()).toEqual(expected.details.map(({ id }) => id));
  expect(await opened.handle('system.lostRuns', null)).toBe(0);
  expect(unread(await historyOf(opened))).toEqual(unread(expected));
});

test('a repair that is cut short is gone on with by the next, whatever of a run it had brought back', async () => {
  withoutCopies();
  rmSync(database());
  await repairHome(home);
  // as it was when the last run had come back and nothing that belongs to it
  const [one] = expected.details.filter(({ evaluations }) => evaluations.length > 0);
  const db = new Database(database());
  for (const table of ['evaluations', 'epoch_metrics'])
    db.prepare(`DELETE FROM ${table} WHERE run_id = ?`).run(one!.id);
  db.close();
  const content = [one!.id];
  await writeRecord(join(home, 'recovering.json'), 1, content);
  expect(await repairHome(home)).toMatchObject({ runs: 1, unreadable: [] });
  expect(existsSync(join(home, 'recovering.json'))).toBe(false);
  const opened = await open(home);
  expect(await opened.handle('system.lostRuns', null)).toBe(0);
  expect(unread(await historyOf(opened))).toEqual(unread(expected));
});

test('each run comes back in one piece', async () => {
  withoutCopies();
  rmSync(database());
  const { id } = expected.details.find(({ evaluations }) => evaluations.length > 0)!;
  const store = openStore(database());
  const restore = store.kept.restore;
  const whole = vi.fn((rows: KeptRows) => {
    restore(rows);
    const run = store.runs.get(id);
    if (run && store.evaluations.all(id).length === 0) throw new Error('a run without its evaluations');
  });
  store.kept.restore = Object.assign(whole, restore);
  await recoverRuns({ store, paths: homePaths(home), leases: new Leases() });
  expect(whole).toHaveBeenCalled();
  expect(store.evaluations.all(id).length).toBeGreaterThan(0);
  store.close();
});

test('of a folder that keeps no record its checkpoints tell', async () => {
  withoutCopies();
  rmSync(database());
  const { id, config, checkpoints } = expected.details.find(
    (run) => run.checkpoints.length > 1 && run.epochs.length > 1,
  )!;
  writeFileSync(join(home, 'runs', id, 'run.json'), '{"version":1,"checksum":"00000000","content":{}}');
  rmSync(join(home, 'runs', id, 'figures.json'));
  await repairHome(home);
  const found = (await historyOf(await open(home))).details.find((run) => run.id === id)!;
  const { imageSize, batchSize, seed } = config;
  expect(found).toMatchObject({ step: checkpoints.at(-1)!.step, config: { imageSize, batchSize, seed }, name: id });
  expect(found.checkpoints.map((item) => item.step)).toEqual(checkpoints.map((item) => item.step));
  expect(found.epochs.length).toBeGreaterThan(0);
});

test('of such a folder a damaged checkpoint is passed over, and one with no other keeps no run from coming back', async () => {
  withoutCopies();
  rmSync(database());
  const [one, other] = expected.details.filter((run) => run.checkpoints.length > 1).slice(0, 2);
  for (const { id } of [one!, other!]) {
    writeFileSync(join(home, 'runs', id, 'run.json'), 'nothing');
    rmSync(join(home, 'runs', id, 'figures.json'), { force: true });
    const folder = join(home, 'runs', id, 'checkpoints');
    const names = readdirSync(folder).sort();
    for (const name of id === one!.id ? names.slice(-1) : names) {
      const bytes = readFileSync(join(folder, name));
      const at = bytes.indexOf(`\\"method\\":\\"${one!.config.method}`) + '\\"method\\":\\"'.length;
      bytes.writeUInt8(bytes[at]! ^ 1, at); // a method that there is not
      writeFileSync(join(folder, name), bytes);
    }
  }
  expect(await repairHome(home)).toMatchObject({ runs: expected.details.length - 1, unreadable: [other!.id] });
  const { details } = await historyOf(await open(home));
  expect(details.map(({ id }) => id)).toEqual(expected.details.flatMap(({ id }) => (id === other!.id ? [] : [id])));
  expect(details.find(({ id }) => id === one!.id)!.step).toBe(one!.checkpoints.at(-2)!.step);
});

test('a newer database is no damage: it is named and stays as it is', async () => {
  const db = new Database(database());
  db.pragma('user_version = 999');
  db.close();
  const before = readFileSync(database());
  await expect(repairHome(home)).rejects.toMatchObject({ code: 'newer-database' });
  expect(readFileSync(database())).toEqual(before);
  expect(readdirSync(home).filter((name) => name.includes('damaged'))).toEqual([]);
});

test('what a folder keeps is written when it changes, and not otherwise', async () => {
  const { id } = expected.details[0]!;
  const record = join(home, 'runs', id, 'run.json');
  const at = statSync(record).mtimeMs;
  await open(home);
  await close();
  expect(statSync(record).mtimeMs).toBe(at);
  await (await open(home)).handle('runs.update', { runId: id, notes: 'a note' });
  await close();
  expect(readFileSync(record, 'utf8')).toContain('a note');
});
