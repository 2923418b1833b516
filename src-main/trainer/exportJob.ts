/** The export job: the encoder, the embeddings of a folder, or both, each read back by src-main/export. */
import type { RunConfig } from '../../shared/config.ts';
import { shownName } from '../../shared/fileNames.ts';
import { parsePart, photoName } from '../../shared/parts.ts';
import type { ExportJob, JobImage, JobResult } from '../../shared/contract/job.ts';
import { ContractError } from '../../shared/contract/wire.ts';
import { isEncoderFormat } from '../../shared/exports.ts';
import { channelsOf } from '../../shared/input.ts';
import { reason } from '../../shared/reason.ts';
import { Encoder, featureDim } from '../engine/index.ts';
import type { State } from '../engine/index.ts';
import { embedPhotos } from '../evaluate/index.ts';
import { exportEmbeddings, exportEncoder } from '../export/index.ts';
import type { ExportReport, Place } from '../export/index.ts';
import { saying } from './control.ts';
import type { JobContext } from './control.ts';
import { openCheckpoint, openOnDevice } from './embed.ts';
import { threadsOf } from './machine.ts';
import { finiteOnly } from './finite.ts';
import { noneReadable, preparePhotos, requirePhotos, timedProgress } from './photos.ts';

/** Photos for the check that the exported encoder gives the trainer's embeddings. */
const CHECKED = 32;

export async function exportRun(job: ExportJob, context: JobContext): Promise<JobResult> {
  const { control, report } = context;
  const { config, state } = await openCheckpoint(job);
  const encoderFormats = job.formats.filter(isEncoderFormat);
  const embeddingFormats = job.formats.filter((format) => !isEncoderFormat(format));
  const wanted = embeddingFormats.length > 0 ? job.images : job.images.slice(0, CHECKED);
  const { cache, skipped } = await preparePhotos({ ...job, images: wanted }, context, config);
  const d = featureDim(config);
  try {
    if (embeddingFormats.length > 0) await requirePhotos(wanted, skipped);
    if (embeddingFormats.length > 0 && cache.length === 0) throw noneReadable(wanted.length, skipped);
    const reports: ExportReport[] = [];
    if (encoderFormats.length > 0) {
      const pixels =
        cache.length > 0
          ? await cache.healed(() => cache.evaluation(cache.ids.slice(0, CHECKED)))
          : waves(4 * channelsOf(config) * config.imageSize ** 2);
      const embeddings = await expected(config, state, pixels);
      reports.push(
        await exportEncoder({
          config,
          state,
          directory: job.directory,
          formats: encoderFormats,
          samples: { pixels, embeddings },
          card: job.card,
        }),
      );
    }
    control.throwIfStopping();
    if (embeddingFormats.length > 0) {
      const encoder = await openOnDevice(config, state, context);
      const n = cache.length;
      const vectors = new Float32Array(n * d);
      let at = 0;
      for await (const rows of embedPhotos(encoder, cache, cache.ids, {
        signal: control.signal,
        onProgress: timedProgress(report, 'doing.embedding-photos'),
      })) {
        vectors.set(rows, at);
        at += rows.length;
        await control.turn();
      }
      const images = new Map(wanted.map((image) => [image.id, image]));
      const ids = [...cache.ids];
      const names = ids.map((id) => shownName(photoName(images.get(id)!.file, images.get(id)!.part ?? '')));
      const places = placesOf(ids.map((id) => images.get(id)!));
      const labels = ids.map((id) => images.get(id)!.label);
      report(saying(reason('doing.writing')));
      reports.push(
        await exportEmbeddings({
          ids,
          names,
          labels,
          ...(places && { places }),
          vectors,
          n,
          d,
          guard: job.guard ?? false,
          directory: job.directory,
          formats: embeddingFormats,
          pictures: { size: config.imageSize, of: (row) => cache.healed(() => cache.evaluationBytes(ids[row]!)) },
        }),
      );
    }
    const all = <K extends keyof ExportReport>(key: K) =>
      reports.flatMap((part) => part[key] as unknown[]) as ExportReport[K];
    const failures = all('failures');
    if (failures.length === job.formats.length) throw new ContractError(failures[0]!.error); // nothing was written
    return { kind: 'export', files: all('files'), verified: all('verified'), snippets: all('snippets'), failures };
  } finally {
    cache.close();
  }
}

/** Where parts of files lie, for tables; null where all are whole files. */
function placesOf(images: readonly JobImage[]): Place[] | null {
  if (!images.some(({ part }) => part)) return null;
  return images.map(({ file, part = '', width = 0, height = 0 }) => {
    const { page, tile } = parsePart(part);
    return { file: shownName(file), page, ...(tile ?? { x: 0, y: 0, width, height }) };
  });
}

/** What the exported encoder has to give, [n, D]: on the processor, whose arithmetic the tolerance is for. */
async function expected(config: RunConfig, state: State, pixels: Float32Array): Promise<Float32Array> {
  const encoder = await Encoder.create(config, state, { device: 'cpu', threads: threadsOf(config) });
  try {
    return (await finiteOnly(encoder).embed(pixels, pixels.length / (channelsOf(config) * config.imageSize ** 2)))
      .features;
  } finally {
    await encoder.close();
  }
}

/** Stands in for photos where the folder is away: any input shows whether two encoders agree. */
const waves = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => 2 * Math.sin(i * 0.37) * Math.sin(i * 0.0113));
