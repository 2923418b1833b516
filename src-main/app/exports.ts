/** The calls of Export: encoder and embeddings written by a compute process, which reads each file back. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AppHandlers, ExportRecord, exportCalls } from '../../shared/contract.ts';
import { nameOf } from '../../shared/naming.ts';
import { ContractError } from '../../shared/contract/wire.ts';
import type { Reason } from '../../shared/contract/wire.ts';
import { wireError } from '../../shared/errors.ts';
import type { ErrorKey } from '../../shared/sentences.ts';
import { exportedFiles, hindranceOf, isEncoderFormat } from '../../shared/exports.ts';
import { reason } from '../../shared/reason.ts';
import { chooseCheckpoint, holdCheckpoint, withWhole } from './checkpoints.ts';
import type { ChosenCheckpoint } from './checkpoints.ts';
import { computeJob } from './compute/job.ts';
import { piecesOf } from './compute/lists.ts';
import type { Pieces } from './compute/lists.ts';
import type { AppContext } from './context.ts';
import { AppError, found } from './errors.ts';
import type { EmbeddingSets } from './explore/sets.ts';
import type { Library } from './library/library.ts';
import { photoCacheBytes } from './cacheLimit.ts';
import { Targets } from './target.ts';
import type { TaskControl } from './tasks.ts';
import { each, unhurried } from './unhurried.ts';

export type ExportHandlers = Pick<AppHandlers, keyof typeof exportCalls>;

/** The share of an export's progress that embedding its photos is, where that has to be done first. */
const embeddingShare = 0.9;
/** Photos the exported encoder is checked on. */
const checkedPhotos = 32;

export function exportHandlers(context: AppContext, library: Library, sets: EmbeddingSets): ExportHandlers {
  const { store, tasks, paths, host, leases } = context;
  return {
    'exports.start': async ({ runId, checkpointId, formats, folder, datasetId, imageIds, replace, guard }) => {
      const named = chooseCheckpoint(context, runId, checkpointId);
      const { run } = named;
      const hindrances = formats.map((format) => hindranceOf(format, { ...run.config, frozen: run.encoder !== null }));
      if (hindrances.every((hindrance) => hindrance !== null)) throw unsupported(hindrances[0]!);
      const id = randomUUID();
      const embedded = datasetId ?? (imageIds ? await library.photos.holding(run.datasetId, imageIds) : run.datasetId);
      const photos = await library.photos.jobImages(embedded);
      const only: string[] | null = imageIds ? [] : null;
      if (imageIds)
        await unhurried(
          each(imageIds, (imageId) => void (store.images.isUsable(embedded, imageId) && only!.push(imageId))),
        );
      if (only?.length === 0) throw new AppError('no-images.export');
      const dataset = store.datasets.get(run.datasetId);
      const wantsEmbeddings = formats.some((format) => !isEncoderFormat(format));
      const held = holdCheckpoint(context, runId, named.checkpoint.file);
      const targets = new Targets(context);
      const release = () => {
        held.release();
        return targets.release();
      };
      const open = ({ epoch }: ChosenCheckpoint['checkpoint']) => {
        const own = join(paths.exports, `${fileName(run.name)}-epoch-${Math.floor(epoch)}-${id.slice(0, 4)}`);
        return targets.open(folder ?? own, [...exportedFiles(formats), ...(run.encoder ? ['README.md'] : [])], replace);
      };
      const opened = await open(named.checkpoint).catch((error: unknown) => {
        held.release();
        throw error;
      });
      /** Embeddings are those that Explore has, or made for it now; held until they are written. */
      const vectorsOf = async (chosen: ChosenCheckpoint, control: TaskControl) => {
        const row = sets.row(await sets.embed(chosen, embedded, control, [0, embeddingShare]));
        const leave = leases.hold('set', row.id);
        try {
          return { vectors: sets.file(row, 'npy'), ids: await sets.ids(row), leave };
        } catch (error) {
          leave();
          throw error;
        }
      };
      const work = async (whole: ChosenCheckpoint, control: TaskControl) => {
        const { checkpoint, path } = whole;
        const directory = checkpoint.id === named.checkpoint.id ? opened : await open(checkpoint);
        const kept = wantsEmbeddings ? await vectorsOf(whole, control) : null;
        const job = {
          kind: 'export' as const,
          checkpoint: path,
          cacheDirectory: paths.photoCache,
          cacheBytes: photoCacheBytes(context),
          formats,
          directory,
          guard,
          images: wantsEmbeddings ? [] : await firstOf(photos, checkedPhotos),
          ...(only && { only: [] }),
          embedded: kept && { vectors: kept.vectors, images: [] },
          card: {
            run: run.name,
            runId,
            method: run.config.method,
            epoch: checkpoint.epoch,
            step: checkpoint.step,
            photos: run.images,
            folder: dataset?.name ?? '',
            knn: checkpoint.knn,
            agreement: checkpoint.agreement,
            untrained: run.untrained,
            trainingSeconds: run.trainingSeconds,
            device: run.device,
            version: host.version,
          },
        };
        // the encoder is written and checked on the processor
        const share = kept ? ([embeddingShare, 1] as const) : ([0, 1] as const);
        const lists = {
          ...(wantsEmbeddings && { images: photos }),
          ...(only && { only: piecesOf(() => only) }),
          ...(kept && { 'embedded.images': piecesOf(() => kept.ids) }),
        };
        const result = await computeJob(context, { ...job, config: run.config }, control, share, lists).finally(() =>
          kept?.leave(),
        );
        await targets.seal(
          directory,
          result.files.map(({ file }) => file),
        );
        const record: ExportRecord = {
          id,
          runId,
          checkpointId: checkpoint.id,
          formats,
          folder: directory,
          files: result.files,
          verified: result.verified,
          snippets: result.snippets as ExportRecord['snippets'],
          failures: result.failures,
          createdAt: Date.now(),
        };
        store.exports.insert(record);
        return id;
      };
      const line = wantsEmbeddings ? 'device' : 'processor';
      const whole = (control: TaskControl) =>
        withWhole(context, { ...named, path: held.path }, checkpointId !== null, control, (chosen) =>
          work(chosen, control),
        );
      return tasks.start('export', reason('doing.exporting', { name: nameOf(run) }), whole, {
        ...{ line, release, about: { runId: run.id } },
      });
    },
    'exports.list': ({ runId }) => store.exports.all(runId).filter((item) => !store.runs.get(item.runId)?.deletedAt),
    'exports.get': ({ exportId }) => found(store.exports.get(exportId), 'export', exportId),
    'exports.reveal': async ({ exportId }) => {
      const { folder } = found(store.exports.get(exportId), 'export', exportId);
      if (!host.reveal) throw new AppError('not-supported.folders');
      await host.reveal(folder);
      return null;
    },
  };
}

/** At most so many entries from the beginning. */
async function firstOf<T>(pieces: Pieces<T>, most: number): Promise<T[]> {
  const out: T[] = [];
  for await (const piece of pieces()) {
    for (const item of piece.slice(0, most - out.length)) out.push(item);
    if (out.length === most) break;
  }
  return out;
}

const unsupported = (why: Reason<ErrorKey>) => new ContractError(wireError('ExportError', why));

/** A run's name as a file's: letters of any script, digits, '_' and '.'; anything else becomes a dash. */
const fileName = (name: string): string =>
  name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}_.]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60) || 'run';
