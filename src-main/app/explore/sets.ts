/**
 * Embedding sets: made by a compute process, kept as .npy beside their ids, and open (openSets.ts) while they are used
 * and for a while after. Vectors never pass through this process as a whole.
 */
import { randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmbeddingSet, JobImage, Task } from '../../../shared/contract.ts';
import type { EvaluateJob } from '../../../shared/contract/job.ts';
import { comesBack } from '../../../shared/comesBack.ts';
import { IdList } from '../../../shared/idList.ts';
import { photoName } from '../../../shared/parts.ts';
import { reason } from '../../../shared/reason.ts';
import type { CheckpointRow, EmbeddingSetRow } from '../../db/index.ts';
import { checkNpy, errnoOf, FileError, makeFolder, readNpyLayout } from '../../files/index.ts';
import { chooseCheckpoint, holdCheckpoint, withWhole } from '../checkpoints.ts';
import type { ChosenCheckpoint } from '../checkpoints.ts';
import { computeJob } from '../compute/job.ts';
import type { Pieces } from '../compute/lists.ts';
import type { AppContext } from '../context.ts';
import type { Devices } from '../devices/index.ts';
import { AppError, found } from '../errors.ts';
import type { Library } from '../library/library.ts';
import { photoCacheBytes } from '../cacheLimit.ts';
import type { TaskControl } from '../tasks.ts';
import { fingerprint, fingerprintOfIds } from './fingerprint.ts';
import { HandedIds, hasAny } from './handedIds.ts';
import { graphKind, graphNeighbours, openSet } from './openSet.ts';
import { readIds, writeIds } from './readIds.ts';
import type { OpenSet } from './openSet.ts';
import { OpenSets } from './openSets.ts';

/** Up to so many photos the neighbour graph takes a moment: a call may make it, and clusters come with the first map. */
const quickGraph = 20_000;

export class EmbeddingSets {
  readonly #context: AppContext;
  readonly #library: Library;
  readonly #devices: Devices;
  readonly #open: OpenSets;

  readonly quickGraph: number;

  constructor(context: AppContext, library: Library, devices: Devices, quick = quickGraph) {
    this.quickGraph = quick;
    this.#context = context;
    this.#library = library;
    this.#devices = devices;
    this.#open = new OpenSets(context);
  }

  file(row: Pick<EmbeddingSetRow, 'id' | 'runId'>, ending: string): string {
    return join(this.#context.paths.embeddings(row.runId), `${row.id}.${ending}`);
  }

  row(id: string): EmbeddingSetRow {
    return found(this.#context.store.embeddingSets.get(id), 'embedding', id);
  }

  async describe(row: EmbeddingSetRow): Promise<EmbeddingSet> {
    const { id, runId, checkpointId, epoch, datasetId, images, dimensions, createdAt } = row;
    const hasUmap = (await stat(this.file(row, 'umap')).catch(() => null)) !== null;
    const hasGraph = images <= this.quickGraph || (await this.hasGraph(row));
    return { id, runId, checkpointId, epoch, datasetId, images, dimensions, createdAt, hasUmap, hasGraph };
  }

  /** Whether graph and clusters are kept; whether they can be used shows when they are read. */
  async hasGraph(row: EmbeddingSetRow): Promise<boolean> {
    const kept = await Promise.all(
      ['graph', 'clusters'].map((ending) => stat(this.file(row, ending)).catch(() => null)),
    );
    return kept.every((file) => file !== null);
  }

  /** A task whose result is the set's id; done at once where the set exists. */
  async startEmbed(runId: string, checkpointId: string | null, datasetId: string | null): Promise<Task> {
    const chosen = chooseCheckpoint(this.#context, runId, checkpointId);
    const { id: dataset, name } = this.#library.dataset(datasetId ?? chosen.run.datasetId);
    const doing = reason('doing.embedding', { name });
    const about = { runId, datasetId: dataset };
    const held = holdCheckpoint(this.#context, runId, chosen.checkpoint.file);
    const known = await this.#known(chosen, dataset).catch((error: unknown) => {
      held.release();
      throw error;
    });
    if (known) {
      held.release();
      return this.#context.tasks.finished('embed', doing, known.id, about);
    }
    return this.#context.tasks.start(
      'embed',
      doing,
      (control) =>
        withWhole(this.#context, { ...chosen, path: held.path }, checkpointId !== null, control, (whole) =>
          this.embed(whole, dataset, control),
        ),
      { ...held, about },
    );
  }

  /** Its photos are what a person comes for next. Not those of the Lab's arms, which nobody looks at one by one. */
  embedFinished(runId: string): void {
    const { store, closing } = this.#context;
    if (closing.aborted || store.lab.linkOf(runId)) return;
    // its folder is out of the library, or its checkpoint could not be kept: Explore says so when it is asked
    this.startEmbed(runId, null, null).catch(() => {});
  }

  async #known({ checkpoint }: ChosenCheckpoint, datasetId: string): Promise<EmbeddingSetRow | undefined> {
    const { images, embeddingSets } = this.#context.store;
    const usable = images.pieces(datasetId, { excluded: false });
    return embeddingSets.find(checkpoint.id, datasetId, await fingerprint(usable));
  }

  /** The id of the set, made where there is none yet, or none that is still what was written. */
  async embed(
    chosen: ChosenCheckpoint,
    datasetId: string,
    control: TaskControl,
    share: readonly [number, number] = [0, 1],
  ): Promise<string> {
    const known = await this.#known(chosen, datasetId);
    if (known) {
      if (await this.#isWhole(known)) return known.id;
      control.notice(reason('doing.embedding-again'));
    }
    const images = await this.#library.photos.jobImages(datasetId);
    if (!(await hasAny(images))) throw new AppError('no-images.embed');
    const id = randomUUID();
    const leave = this.#context.leases.hold('set', id);
    try {
      return await this.#make(id, chosen, datasetId, images, control, share);
    } finally {
      leave();
    }
  }

  async #make(
    id: string,
    { run, checkpoint, path }: ChosenCheckpoint,
    datasetId: string,
    images: Pieces<JobImage>,
    control: TaskControl,
    share: readonly [number, number],
  ): Promise<string> {
    const { paths } = this.#context;
    makeFolder(paths.embeddings(run.id), paths.home);
    const output = this.file({ id, runId: run.id }, 'npy');
    const job = {
      kind: 'embed' as const,
      checkpoint: path,
      cacheDirectory: paths.photoCache,
      cacheBytes: photoCacheBytes(this.#context),
      images: [],
      output,
    };
    const handed = new HandedIds(images);
    const result = await this.#devices.tryOn(run.config, control, (config) =>
      computeJob(this.#context, { ...job, config }, control, share, { images: handed.pieces }),
    );
    const ids = IdList.read(result.images);
    await this.writeIds(id, run.id, ids);
    // a photo that may be there the next time is embedded then: this set is not that of all
    const away = new Set(result.skipped.filter(comesBack).map(({ file }) => file));
    const isKept = (imageId: string): boolean => {
      const row = away.size > 0 && this.#context.store.images.get(imageId);
      return !row || !away.has(photoName(row.file, row.part));
    };
    this.#insert(id, run.id, checkpoint, datasetId, {
      of: await fingerprintOfIds(handed.ids().filter(isKept)),
      made: ids.length,
      dimensions: result.dimensions,
    });
    return id;
  }

  /** The graph of a set as a job is told of it, found and kept where it is not there. */
  graphFile(id: string, { signal, progress }: TaskControl): Promise<NonNullable<EvaluateJob['graph']>> {
    return this.use(id, async ({ row, graph }) => {
      await graph.get(signal, (share) => progress(0.9 + 0.05 * share, reason('doing.finding-neighbours')));
      return { file: this.file(row, 'graph'), ...graphKind, k: graphNeighbours };
    });
  }

  /** Writes down which photo each row of a set is of. */
  writeIds(id: string, runId: string, ids: IdList): Promise<void> {
    return writeIds(this.file({ id, runId }, 'json'), ids);
  }

  /** Takes over a set that was made elsewhere, whose files stand where those of its own do. */
  async adopt(
    id: string,
    runId: string,
    checkpoint: Pick<CheckpointRow, 'id' | 'epoch'>,
    datasetId: string,
    { images: made, dimensions }: { images: number; dimensions: number },
  ): Promise<void> {
    const usable = this.#context.store.images.pieces(datasetId, { excluded: false });
    this.#insert(id, runId, checkpoint, datasetId, { of: await fingerprint(usable), made, dimensions });
  }

  #insert(
    id: string,
    runId: string,
    checkpoint: Pick<CheckpointRow, 'id' | 'epoch'>,
    datasetId: string,
    { of, made, dimensions }: { of: string; made: number; dimensions: number },
  ): void {
    this.#context.store.embeddingSets.insert({
      id,
      runId,
      checkpointId: checkpoint.id,
      epoch: checkpoint.epoch,
      datasetId,
      fingerprint: of,
      images: made,
      dimensions,
      createdAt: Date.now(),
    });
  }

  /** @throws AppError not-available where the file is damaged: the set is then forgotten, and made anew when asked for */
  async ids(row: EmbeddingSetRow): Promise<IdList> {
    return this.#whole(row, async () => {
      const { version, ids, isUnique } = await readIds(this.file(row, 'json'), row.images);
      // lists of 0.1.0 carry no checksum: a flipped bit there names a photo that never was
      const isStrange = (id: string) => !this.#context.store.images.has(id);
      if (ids.length !== row.images || !isUnique || (version === 0 && [...ids].some(isStrange)))
        throw new FileError('bad-file.damaged', { path: this.file(row, 'json') });
      return ids;
    });
  }

  /** Whether its files are what was written; a set of which they are not is forgotten. */
  async #isWhole(row: EmbeddingSetRow): Promise<boolean> {
    try {
      await this.ids(row);
      await this.#whole(row, () => checkNpy(this.file(row, 'npy')));
      return true;
    } catch (error) {
      if (error instanceof AppError && error.key === 'not-available.embedding') return false;
      throw error;
    }
  }

  async #whole<T>(row: EmbeddingSetRow, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof FileError) && errnoOf(error) !== 'ENOENT') throw error;
      this.#context.store.embeddingSets.remove(row.id);
      await removeSet(this.file(row, ''));
      throw new AppError('not-available.embedding', {}, undefined, { cause: error });
    }
  }

  /** Opens it, or takes it as it is open, and keeps it so until `work` has ended. */
  async use<T>(id: string, work: (set: OpenSet) => T | Promise<T>): Promise<T> {
    const row = this.row(id);
    return await this.#open.use(row, () => this.#load(row), work);
  }

  async #load(row: EmbeddingSetRow): Promise<OpenSet> {
    const path = this.file(row, 'npy');
    const ids = await this.ids(row);
    const { byteOffset: offset, source } = await this.#whole(row, async () => ({
      source: await checkNpy(path),
      ...(await readNpyLayout(path)),
    }));
    return openSet(row, ids, (ending) => this.file(row, ending), { offset, source });
  }

  close(): Promise<void> {
    return this.#open.close();
  }
}

/** Removes the files of a set; `start` is their path up to the ending, with its point. */
async function removeSet(start: string): Promise<void> {
  for (const ending of ['npy', 'json', 'umap', 'graph', 'clusters', 'pairs'])
    await rm(`${start}${ending}`, { force: true });
}
