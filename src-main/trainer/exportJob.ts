/** The export job: the encoder, the embeddings of a folder as an embed job has made them, or both, each read back by src-main/export. */
import { shownName } from '../../shared/fileNames.ts';
import { parsePart, photoName } from '../../shared/parts.ts';
import type { ExportJob, JobImage } from '../../shared/contract/job.ts';
import type { JobResult } from '../../shared/contract/report.ts';
import { ContractError } from '../../shared/contract/wire.ts';
import { isEncoderFormat } from '../../shared/exports.ts';
import { channelsOf } from '../../shared/input.ts';
import { reason } from '../../shared/reason.ts';
import {
  chosenVectors,
  exportEmbeddings,
  exportEncoder,
  exportFrozen,
  exportFrozenCard,
  openVectors,
} from '../export/index.ts';
import type { ExportReport, Place, Vectors } from '../export/index.ts';
import { saying } from './control.ts';
import type { JobContext } from './control.ts';
import { evaluatedPhotos, preparePhotos } from './photos.ts';
import type { Shown } from './photos.ts';
import { Pictures } from './pictures.ts';
import { encoderOnProcessor, openSource } from './source.ts';
import type { Source } from './source.ts';

/** Photos for the check that the exported encoder gives the trainer's embeddings. */
const CHECKED = 32;

export async function exportRun(job: ExportJob, context: JobContext): Promise<JobResult> {
  const { control, report } = context;
  const source = await openSource(job);
  const { config } = source;
  const encoderFormats = job.formats.filter(isEncoderFormat);
  const embeddingFormats = job.formats.filter((format) => !isEncoderFormat(format));
  const reports: ExportReport[] = [];
  const { directory, card } = job;
  if (encoderFormats.length > 0) {
    const pixels = await checkedPixels(job, context, source.pixels);
    const samples = { pixels, embeddings: await expected(source, pixels) };
    const given = { directory, formats: encoderFormats, samples, card };
    reports.push(
      source.kind === 'frozen'
        ? await exportFrozen({ ...source.frozen, ...given, input: config.input })
        : await exportEncoder({ config, state: source.state, ...given }),
    );
  }
  control.throwIfStopping();
  if (job.embedded) {
    report(saying(reason('doing.writing')));
    const { vectors: file, images: known } = job.embedded;
    const opened = await openVectors(file);
    const { ids, vectors } = chosenRows(known, opened, job.only);
    const { n, d } = vectors;
    const images = new Map(job.images.map((image) => [image.id, image]));
    const gone = { file: '', label: null, part: '' }; // taken out of the library meanwhile
    const rows = ids.map((id) => images.get(id) ?? gone);
    const places = placesOf(rows);
    const listed = ids.filter((id) => images.has(id));
    const parts = evaluatedPhotos({ ...job, images: listed.map((id) => images.get(id)!) }, context, source.pixels, []);
    const { imageSize } = source.pixels;
    const pictures = new Pictures(parts, listed, 3 * imageSize ** 2);
    try {
      reports.push(
        await exportEmbeddings({
          ids,
          names: rows.map(({ file, part = '' }) => shownName(photoName(file, part))),
          labels: rows.map(({ label }) => label),
          ...(places && { places }),
          vectors,
          n,
          d,
          guard: job.guard ?? false,
          directory: job.directory,
          formats: embeddingFormats,
          pictures: { size: imageSize, of: (row) => pictures.of(ids[row]!) },
        }),
      );
    } finally {
      await pictures.close();
      opened.close();
    }
  }
  const isWritten = reports.some(({ files }) => files.length > 0);
  if (source.kind === 'frozen' && encoderFormats.length === 0 && isWritten)
    reports.push(await exportFrozenCard({ ...source.frozen, input: config.input, directory, card }));
  const all = <K extends keyof ExportReport>(key: K) =>
    reports.flatMap((part) => part[key] as unknown[]) as ExportReport[K];
  const failures = all('failures');
  if (failures.length === job.formats.length) throw new ContractError(failures[0]!.error); // nothing was written
  return { kind: 'export', files: all('files'), verified: all('verified'), snippets: all('snippets'), failures };
}

/** A few photos, prepared [n, 3, H, W], or what stands in for them. */
async function checkedPixels(job: ExportJob, context: JobContext, shown: Shown): Promise<Float32Array> {
  const images = job.images.slice(0, CHECKED);
  const { cache } = await preparePhotos({ ...job, images }, context, shown, { evaluationsOnly: true });
  try {
    if (cache.length === 0) return waves(4 * numbersOf(shown));
    return await cache.healed(() => cache.evaluation(cache.ids));
  } finally {
    cache.close();
  }
}

/** The rows of some photos, in the order of all, [n, d]; `vectors` and `n` are of those. */
function chosenRows(
  ids: string[],
  vectors: Vectors,
  only: readonly string[] | undefined,
): { ids: string[]; vectors: Vectors } {
  if (only === undefined) return { ids, vectors };
  const wanted = new Set(only);
  const rows = ids.flatMap((id, row) => (wanted.has(id) ? [row] : []));
  return { ids: rows.map((row) => ids[row]!), vectors: chosenVectors(vectors, rows) };
}

/** Where parts of files lie, for tables; null where all are whole files. */
function placesOf(images: readonly Pick<JobImage, 'file' | 'part' | 'width' | 'height'>[]): Place[] | null {
  if (!images.some(({ part }) => part)) return null;
  return images.map(({ file, part = '', width = 0, height = 0 }) => {
    const { page, tile } = parsePart(part);
    return { file: shownName(file), page, ...(tile ?? { x: 0, y: 0, width, height }) };
  });
}

/**
 * The features that the exported encoder has to give, [n, D]: on the processor, whose arithmetic the tolerance is for.
 */
async function expected(source: Source, pixels: Float32Array): Promise<Float32Array> {
  const encoder = await encoderOnProcessor(source);
  try {
    return (await encoder.embed(pixels, pixels.length / numbersOf(source.pixels))).features;
  } finally {
    await encoder.close();
  }
}

/** Numbers of one prepared photo. */
const numbersOf = ({ imageSize, input }: Shown): number => channelsOf({ input }) * imageSize ** 2;

/** Stands in for photos where the folder is away: any input shows whether two encoders agree. */
const waves = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => 2 * Math.sin(i * 0.37) * Math.sin(i * 0.0113));
