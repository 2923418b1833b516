/** The export job: the encoder, the embeddings of a folder as an embed job has made them, or both, each read back by src-main/export. */
import type { RunConfig } from '../../shared/config.ts';
import { shownName } from '../../shared/fileNames.ts';
import { parsePart, photoName } from '../../shared/parts.ts';
import type { ExportJob, JobImage, JobResult } from '../../shared/contract/job.ts';
import { ContractError } from '../../shared/contract/wire.ts';
import { isEncoderFormat } from '../../shared/exports.ts';
import { channelsOf } from '../../shared/input.ts';
import { reason } from '../../shared/reason.ts';
import { Encoder } from '../engine/index.ts';
import type { State } from '../engine/index.ts';
import { exportEmbeddings, exportEncoder, readNpy } from '../export/index.ts';
import type { ExportReport, Place } from '../export/index.ts';
import type { ImageCache } from '../images/index.ts';
import { saying } from './control.ts';
import type { JobContext } from './control.ts';
import { openCheckpoint } from './embed.ts';
import { threadsOf } from './machine.ts';
import { finiteOnly } from './finite.ts';
import { evaluatedPhotos, preparePhotos } from './photos.ts';

/** Photos for the check that the exported encoder gives the trainer's embeddings. */
const CHECKED = 32;

export async function exportRun(job: ExportJob, context: JobContext): Promise<JobResult> {
  const { control, report } = context;
  const { config, state } = await openCheckpoint(job);
  const encoderFormats = job.formats.filter(isEncoderFormat);
  const embeddingFormats = job.formats.filter((format) => !isEncoderFormat(format));
  const reports: ExportReport[] = [];
  if (encoderFormats.length > 0) {
    const pixels = await checkedPixels(job, context, config);
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
  if (job.embedded) {
    report(saying(reason('doing.writing')));
    const { vectors: file, images: ids } = job.embedded;
    const { data, shape } = await readNpy(file);
    const [n, d] = shape as [number, number];
    const images = new Map(job.images.map((image) => [image.id, image]));
    const gone = { file: '', label: null, part: '' }; // taken out of the library meanwhile
    const rows = ids.map((id) => images.get(id) ?? gone);
    const places = placesOf(rows);
    const pictures = new Pictures(job, context, config, ids);
    try {
      reports.push(
        await exportEmbeddings({
          ids,
          names: rows.map(({ file, part = '' }) => shownName(photoName(file, part))),
          labels: rows.map(({ label }) => label),
          ...(places && { places }),
          vectors: data as Float32Array,
          n,
          d,
          guard: job.guard ?? false,
          directory: job.directory,
          formats: embeddingFormats,
          pictures: { size: config.imageSize, of: (row) => pictures.of(row) },
        }),
      );
    } finally {
      await pictures.close();
    }
  }
  const all = <K extends keyof ExportReport>(key: K) =>
    reports.flatMap((part) => part[key] as unknown[]) as ExportReport[K];
  const failures = all('failures');
  if (failures.length === job.formats.length) throw new ContractError(failures[0]!.error); // nothing was written
  return { kind: 'export', files: all('files'), verified: all('verified'), snippets: all('snippets'), failures };
}

/** A few photos, prepared [n, 3, H, W], or what stands in for them. */
async function checkedPixels(job: ExportJob, context: JobContext, config: RunConfig): Promise<Float32Array> {
  const images = job.images.slice(0, CHECKED);
  const { cache } = await preparePhotos({ ...job, images }, context, config, { evaluationsOnly: true });
  try {
    if (cache.length === 0) return waves(4 * channelsOf(config) * config.imageSize ** 2);
    return await cache.healed(() => cache.evaluation(cache.ids));
  } finally {
    cache.close();
  }
}

/** Where parts of files lie, for tables; null where all are whole files. */
function placesOf(images: readonly Pick<JobImage, 'file' | 'part' | 'width' | 'height'>[]): Place[] | null {
  if (!images.some(({ part }) => part)) return null;
  return images.map(({ file, part = '', width = 0, height = 0 }) => {
    const { page, tile } = parsePart(part);
    return { file: shownName(file), page, ...(tile ?? { x: 0, y: 0, width, height }) };
  });
}

/** The photos of the rows of a table, asked for one after another. */
class Pictures {
  readonly #parts: AsyncGenerator<ImageCache>;
  readonly #ids: readonly string[];
  readonly #size: number;
  #cache: ImageCache | null = null;

  constructor(job: ExportJob, context: JobContext, config: RunConfig, ids: readonly string[]) {
    const known = new Map(job.images.map((image) => [image.id, image]));
    const images = ids.flatMap((id) => known.get(id) ?? []);
    this.#ids = ids;
    this.#size = config.imageSize;
    this.#parts = evaluatedPhotos({ ...job, images }, context, config, []);
  }

  /** The pixels of a row's photo, [size, size, 3]; black where the photo is gone meanwhile. */
  async of(row: number): Promise<Uint8Array> {
    const id = this.#ids[row]!;
    for (;;) {
      const cache = this.#cache;
      if (cache?.has(id)) return cache.healed(() => cache.evaluationBytes(id));
      const next = await this.#parts.next();
      if (next.done) return new Uint8Array(3 * this.#size ** 2);
      this.#cache = next.value;
    }
  }

  async close(): Promise<void> {
    await this.#parts.return(undefined);
  }
}

/**
 * The features that the exported encoder has to give, [n, D]: on the processor, whose arithmetic the tolerance is for.
 */
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
