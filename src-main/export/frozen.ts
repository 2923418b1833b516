/** A frozen encoder as it is given on: the file it came as, with its form, licence and origin in its metadata, and a card. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wireError } from '../../shared/errors.ts';
import { hindranceOf } from '../../shared/exports.ts';
import type { EncoderFormat } from '../../shared/exports.ts';
import type { FrozenEncoder, FrozenForm } from '../../shared/frozen.ts';
import type { RunConfig } from '../../shared/config.ts';
import { FrozenNetwork, withMetadata } from '../engine/index.ts';
import { makeFolder, writeFileAtomic } from '../files/index.ts';
import { normalisationOf } from '../images/index.ts';
import { modelTable } from './card.ts';
import { openingLines } from './prepareLines.ts';
import { measuredValues } from './preprocessing.ts';
import { addFile, emptyReport, largestDifference, verifyFailed } from './report.ts';
import type { ExportReport } from './report.ts';
import { writeFormat } from './work.ts';
import type { EncoderWork, Written } from './work.ts';

const FILE = 'encoder.onnx';

interface FrozenExport {
  encoder: FrozenEncoder;
  model: Uint8Array;
  /** Made when absent. */
  directory: string;
  formats: readonly EncoderFormat[];
  samples: EncoderWork['samples'];
  /** How measured values become pictures. */
  input: RunConfig['input'];
  /** Facts for the model card, by name. */
  card: Record<string, unknown>;
}

/** Reports what could be written, and why the rest could not. @throws FileError write-failed */
export async function exportFrozen(given: FrozenExport): Promise<ExportReport> {
  const { directory, formats } = given;
  const report = emptyReport();
  makeFolder(directory);
  for (const format of formats) {
    const hindrance = hindranceOf(format, { frozen: true } as Parameters<typeof hindranceOf>[1]);
    if (hindrance) report.failures.push({ format, error: wireError('ExportError', hindrance) });
    else await writeFormat(report, format, directory, () => write(given));
  }
  if (report.files.length > 0) await addCard(report, given);
  return report;
}

/** The card alone, beside embeddings: they come under what it states. @throws FileError write-failed */
export async function exportFrozenCard(
  given: Pick<FrozenExport, 'encoder' | 'directory' | 'input' | 'card'>,
): Promise<ExportReport> {
  const report = emptyReport();
  makeFolder(given.directory);
  await addCard(report, given);
  return report;
}

async function addCard(
  report: ExportReport,
  given: Pick<FrozenExport, 'encoder' | 'directory' | 'input' | 'card'>,
): Promise<void> {
  await writeFileAtomic(join(given.directory, 'README.md'), cardOf(given, report.snippets));
  await addFile(report, given.directory, 'README.md', 'card');
}

async function write({
  encoder,
  input,
  model,
  directory,
  samples: { pixels, embeddings },
}: FrozenExport): Promise<Written> {
  const path = join(directory, FILE);
  await writeFileAtomic(
    path,
    withMetadata(model, {
      preprocessing: JSON.stringify(preprocessing(encoder.form, input)),
      ...(encoder.licence && { license: encoder.licence }),
      ...(encoder.origin && { origin: encoder.origin }),
    }),
  );
  const network = await FrozenNetwork.open(await readFile(path), encoder, normalisationOf());
  try {
    const n = embeddings.length / encoder.dimensions;
    const difference = largestDifference((await network.embed(pixels, n)).features, embeddings);
    const scale = embeddings.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    if (!(difference <= 1e-4 * scale))
      throw verifyFailed(FILE, `embeddings that differ by ${difference}`, { difference });
    return {
      files: [FILE],
      verified: [{ file: FILE, difference, reader: 'onnxruntime' }],
      snippets: [{ language: 'python', code: snippet(encoder, input) }],
    };
  } finally {
    await network.close();
  }
}

/** By the names that the exports of trained encoders use, and that are read back from a file. */
const preprocessing = (form: FrozenForm, input: RunConfig['input']) => ({
  ...measuredValues(input),
  image_size: form.imageSize,
  ...(form.fit === 'crop'
    ? { resize_short_side: form.shortSide, resize_long_side: 'truncated', crop: 'center' }
    : { crop: 'none' }),
  interpolation: form.interpolation,
  antialias: true,
  rescale_factor: 1 / 255,
  mean: form.mean,
  std: form.std,
  color_order: form.order.toUpperCase(),
  layout: form.layout.toUpperCase(),
  output_name: form.output,
  pool: form.pool,
});

const poolLines = ({ pool, layout }: FrozenForm): string => {
  switch (pool) {
    case 'none':
      return 'embedding = output  # [1, D]';
    case 'class':
      return 'embedding = output[:, 0]  # the class token, [1, D]';
    case 'patches':
      return 'embedding = output[:, 1:].mean(1)  # all tokens but the class token, [1, D]';
    case 'flatten':
      return 'embedding = output.reshape(1, -1)  # [1, D]';
    case 'mean':
      return `embedding = output.mean(1) if output.ndim == 3 else output.mean(${layout === 'nchw' ? '(2, 3)' : '(1, 2)'})  # [1, D]`;
  }
};

function snippet({ form, input }: FrozenEncoder, rule: RunConfig['input']): string {
  const { imageSize: size, shortSide: short, mean, std, order, layout } = form;
  const filter = `Image.${form.interpolation.toUpperCase()}`;
  const squared =
    form.fit === 'squash'
      ? `photo = photo.resize((${size}, ${size}), ${filter})`
      : `\
width, height = (${short} if side == min(photo.size) else int(${short} * side / min(photo.size)) for side in photo.size)
left, top = round((width - ${size}) / 2), round((height - ${size}) / 2)
photo = photo.resize((width, height), ${filter}).crop((left, top, left + ${size}, top + ${size}))`;
  const levels = `np.asarray(photo, np.float32)${order === 'bgr' ? '[..., ::-1]' : ''}`;
  const pixels =
    input === 'uint8'
      ? `np.asarray(photo)${order === 'bgr' ? '[..., ::-1]' : ''}`
      : `((${levels} / 255 - np.float32([${mean.join(', ')}])) / np.float32([${std.join(', ')}])).astype(np.${input})`;
  return `\
${openingLines(rule)}${squared}
pixels = ${pixels}
session = onnxruntime.InferenceSession("${FILE}")
output = session.run(["${form.output}"], {session.get_inputs()[0].name: np.ascontiguousarray(pixels${layout === 'nchw' ? '.transpose(2, 0, 1)' : ''}[None])})[0]
${poolLines(form)}
`;
}

function cardOf(
  { encoder, input, card }: Pick<FrozenExport, 'encoder' | 'input' | 'card'>,
  snippets: ExportReport['snippets'],
): string {
  const { file, form, dimensions, licence, origin, sha256, producer, opset } = encoder;
  return [
    '---\ntags: [feature-extraction, image-embedding]\n---\n',
    '# Frozen encoder\n',
    `The network of \`${file.replaceAll('`', "'")}\` as it came, used with Lookalike and not trained by it. It turns a photo into ${dimensions} numbers; photos that look alike have a high cosine similarity.\n`,
    modelTable([
      ['file', file],
      ['sha256', sha256],
      ['licence', licence || 'not stated: ask where the file is from'],
      ['origin', origin || 'not stated'],
      ['producer', producer],
      ['opset', opset],
      ...['run', 'runId', 'photos', 'folder', 'version'].map((name): [string, unknown] => [name, card[name]]),
    ]) + '\n',
    '## Preparing a photo\n',
    '```json\n' + JSON.stringify(preprocessing(form, input), null, 2) + '\n```\n',
    ...(snippets.length > 0 ? ['## Loading\n'] : []),
    ...snippets.map(({ language, code }) => '```' + language + '\n' + code + '```\n'),
  ].join('\n');
}
