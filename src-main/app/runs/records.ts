/**
 * What the folder of a run keeps of the history, so that a database that is lost can be made again from the folders:
 * run.json (the run, its folder of photos, its checkpoints, embeddings and exports), figures.json and evaluations.json,
 * each a record with a version and a checksum, written whole when something in it has changed for good. What a person
 * took out of the folder may be a million photos: taken-out.jsonl, looked at when the folder has changed alone, and
 * read and written in pieces of some milliseconds. Evaluations of so many are looked at when there are others, in a
 * thread. A disk that is full costs the copy, which is tried again at the next change.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeptRows } from '../../db/index.ts';
import { markIn, markOf, programAt, writeLines } from '../../files/index.ts';
import type { AppEvent } from '../../../shared/contract.ts';
import type { AppContext } from '../context.ts';
import type { HomePaths } from '../home.ts';
import { askOnce } from '../oneAnswer.ts';
import { unhurriedPieces } from '../unhurried.ts';
import { keepRecord, keptVersion } from './keepRecord.ts';

const thread = programAt('./recordsWorker', import.meta.url);

/** Characters of predictions beyond which evaluations are made a record in a thread of its own. */
const LONG = 1 << 18;

export const keptFiles = (paths: HomePaths, runId: string) => ({
  run: join(paths.run(runId), 'run.json'),
  figures: join(paths.run(runId), 'figures.json'),
  evaluations: join(paths.run(runId), 'evaluations.json'),
  takenOut: join(paths.run(runId), 'taken-out.jsonl'),
});

/** Changes are gathered for this long before they are written, milliseconds. */
const gathered = 1000;

export class RunRecords {
  readonly #context: Pick<AppContext, 'store' | 'paths' | 'events'>;
  /** What each file was last written with, by its checksum or last line; null: it is not there. */
  readonly #written = new Map<string, string | null>();
  /** Of folders of photos that have not changed since, the last line of what was taken out; null: nothing was. */
  readonly #takenOut = new Map<string, string | null>();
  /** Of each run, the evaluations that are kept. */
  readonly #evaluations = new Map<string, string>();
  readonly #changed = new Set<string>();
  readonly #stop: () => void;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(context: Pick<AppContext, 'store' | 'paths' | 'events'>) {
    this.#context = context;
    this.#stop = context.events.on((event) => this.#hear(event));
  }

  #hear(event: AppEvent): void {
    const { images, runs, embeddingSets, evaluations, exports, lab } = this.#context.store;
    if (event.name === 'run') this.#touch([event.run.id]);
    else if (event.name === 'checkpoints') this.#touch([event.runId]);
    else if (event.name === 'dataset') {
      this.#takenOut.delete(images.folderOf(event.dataset.id));
      this.#touch(runs.all().flatMap((run) => (run.datasetId === event.dataset.id ? [run.id] : [])));
    } else if (event.name === 'experiment')
      this.#touch(lab.cells(event.experiment.id).flatMap(({ runId }) => (runId === null ? [] : [runId])));
    else if (event.name === 'task' && event.task.state === 'done' && event.task.resultId !== null) {
      const id = event.task.resultId;
      const made = embeddingSets.get(id) ?? evaluations.get(id) ?? exports.get(id);
      if (made) this.#touch([made.runId]);
    }
  }

  #touch(runIds: readonly string[]): void {
    for (const id of runIds) this.#changed.add(id);
    this.#timer ??= setTimeout(() => void this.flush(), gathered);
  }

  /** Writes what every folder lacks: those of versions up to 0.1.0 keep nothing. */
  async writeAll(): Promise<void> {
    this.#touch(this.#context.store.runs.all().map(({ id }) => id));
    await this.flush();
  }

  /** Writes down what has changed. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const runIds = [...this.#changed];
    this.#changed.clear();
    this.#writing = this.#writing.then(async () => {
      for (const runId of runIds) await this.#write(runId).catch(() => {});
    });
    return this.#writing;
  }

  async #write(runId: string): Promise<void> {
    const { store, paths } = this.#context;
    const isThere = () => store.runs.get(runId)?.deletedAt === null;
    const files = keptFiles(paths, runId);
    // first: run.json of versions up to 0.1.0 holds these photos, and has them no more once it is written anew
    const run = store.runs.get(runId);
    if (run?.deletedAt === null) await this.#keepTakenOut(files.takenOut, store.images.folderOf(run.datasetId));
    for (const [path, rows] of [
      [files.run, () => store.kept.ofRun(runId)],
      [files.figures, () => store.kept.figures(runId)],
    ] as const) {
      if (!isThere()) return;
      await this.#keep(path, rows());
    }
    if (isThere()) await this.#keepEvaluations(files.evaluations, runId);
  }

  async #keep(path: string, rows: KeptRows): Promise<void> {
    this.#written.set(path, await keepRecord(path, rows, this.#written.get(path)));
  }

  /** None of them ever changes. */
  async #keepEvaluations(path: string, runId: string): Promise<void> {
    const { kept } = this.#context.store;
    const now = kept.evaluationIds(runId);
    if (now === '' || this.#evaluations.get(runId) === now) return;
    const rows = kept.evaluations(runId);
    if (rows['evaluations']!.some(({ predictions }) => String(predictions).length > LONG))
      await askOnce<string>(thread, { path, rows });
    else await this.#keep(path, rows);
    this.#evaluations.set(runId, now);
  }

  async #keepTakenOut(path: string, folderId: string): Promise<void> {
    const { kept } = this.#context.store;
    const now = await this.#markOf(folderId);
    if (!this.#written.has(path)) this.#written.set(path, await markIn(path));
    if (this.#written.get(path) === now) return;
    if (now === null) await rm(path, { force: true });
    else await writeLines(path, keptVersion, unhurriedPieces(kept.takenOut(folderId)));
    this.#written.set(path, now);
  }

  async #markOf(folderId: string): Promise<string | null> {
    const known = this.#takenOut.get(folderId);
    if (known !== undefined) return known;
    const { kept } = this.#context.store;
    const isAny = !kept.takenOut(folderId).next().done;
    this.#takenOut.set(folderId, null); // deleted again by what changes meanwhile
    const mark = isAny ? await markOf(keptVersion, unhurriedPieces(kept.takenOut(folderId))) : null;
    if (this.#takenOut.has(folderId)) this.#takenOut.set(folderId, mark);
    return mark;
  }

  /** Writes what is owed and listens no more. */
  async close(): Promise<void> {
    this.#stop();
    await this.flush();
  }
}
