/**
 * The job that looks at an ONNX file: what it takes and gives, by a form that is read, given or guessed; whether it works
 * on known pictures; and, where a run is to be made of it, its checkpoint.
 */
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { FrozenJob } from '../../../shared/contract/job.ts';
import type { JobResult } from '../../../shared/contract/report.ts';
import { FrozenForm } from '../../../shared/frozen.ts';
import type { FrozenEncoder, FrozenLook, Pooling } from '../../../shared/frozen.ts';
import { reason } from '../../../shared/reason.ts';
import { FrozenNetwork, pooledSize, poolsShape } from '../../engine/index.ts';
import type { Feeding, OnnxFacts, OnnxValueFacts, RawOutput } from '../../engine/index.ts';
import { readGiven } from '../../files/index.ts';
import { normalisationOf } from '../../images/index.ts';
import { checkpointDirectory } from '../checkpoint.ts';
import { saying } from '../control.ts';
import type { JobContext } from '../control.ts';
import { brief, TrainerError } from '../errors.ts';
import { firstNotFinite } from '../finite.ts';
import { checkFeatures, knownPictures } from './check.ts';
import { frozenName, writeFrozen } from './file.ts';
import { formOf, shapeText, takenBy } from './form.ts';
import { readModel } from './model.ts';
import { wordsOf } from '../../../shared/errors.ts';

/** More numbers of a photo than this are a map nobody pooled. */
const MOST_DIMENSIONS = 32768;

type Asked = Pick<FrozenJob, 'source' | 'form' | 'licence' | 'origin'>;
interface Examined extends Omit<FrozenLook, 'check' | 'outputs'> {
  model: Uint8Array;
  outputs: OnnxValueFacts[];
  /** Features of the known pictures, [n, D]. */
  features: Float32Array;
}

/** The file, read and tried on known pictures. @throws TrainerError bad-encoder */
export async function examined(
  job: Asked,
  context: Pick<JobContext, 'control' | 'report' | 'later'>,
): Promise<Examined> {
  const { control, report } = context;
  const file = basename(job.source);
  report(saying(reason('doing.reading-encoder', { file }), 0.1));
  const { model, facts } = await readModel(job.source);
  const taken = takenBy(file, facts);
  const { form: wanted, sources } = formOf(file, facts, taken, await preprocessorBeside(job.source), job.form);
  control.throwIfStopping();
  const known = knownPictures(wanted.imageSize, normalisationOf());
  const feeding = { form: { ...wanted, pool: 'flatten' as const }, batch: taken.batch, input: taken.input };
  const network = await openNetwork(file, facts, model, feeding);
  context.later(() => network.close());
  const { raw, batch } = await tried(file, network, feeding, known);
  const pool = wanted.pool ?? guessedPool(raw.shape);
  if (!poolsShape(pool, raw.shape))
    throw new TrainerError('bad-encoder.pool', { file, pool, shape: `[${raw.shape.join(', ')}]` });
  if (wanted.pool === null) sources.pool = raw.shape.length === 1 ? 'graph' : 'guessed';
  const form = FrozenForm.parse({ ...wanted, pool });
  const dimensions = pooledSize(pool, raw.shape, form);
  if (dimensions > MOST_DIMENSIONS)
    throw new TrainerError('bad-encoder.dimensions', { file, dimensions, most: MOST_DIMENSIONS });

  report(saying(reason('doing.checking-encoder', { file }), 0.5));
  const { features } = await network.as({ form, batch, input: taken.input }).embed(known.photos, known.n);
  if (firstNotFinite(features) >= 0) throw new TrainerError('bad-encoder.not-finite', { file });
  const encoder: FrozenEncoder = {
    ...{ file, bytes: model.length, sha256: createHash('sha256').update(model).digest('hex') },
    ...{ form, dimensions, batch, input: taken.input, opset: facts.opset, producer: facts.producer.slice(0, 200) },
    ...{
      licence: job.licence || said(facts, 'license', 'licence'),
      origin: job.origin || said(facts, 'origin', 'source', 'url', 'author'),
    },
  };
  return { encoder, model, sources, outputs: taken.outputs, features };
}

export async function lookAtFrozen(job: FrozenJob, context: JobContext): Promise<JobResult> {
  const { encoder, model, sources, outputs, features } = await examined(job, context);
  const { keep } = job;
  context.control.throwIfStopping();
  const checkpoint = keep
    ? await writeFrozen(
        join(checkpointDirectory(keep.directory), frozenName),
        { config: keep.config, encoder, model },
        keep,
      )
    : null;
  return {
    kind: 'frozen',
    look: {
      encoder,
      outputs: outputs.map((output) => ({ name: output.name, shape: shapeText(output) })),
      sources,
      check: checkFeatures(features, encoder.dimensions),
    },
    checkpoint,
  };
}

/** What Hugging Face keeps beside a model, in its folder or the one above; null: there is none that can be read. */
async function preprocessorBeside(path: string): Promise<Record<string, unknown> | null> {
  for (const folder of [dirname(path), dirname(dirname(path))])
    try {
      const found = JSON.parse((await readGiven(join(folder, 'preprocessor_config.json'))).toString('utf8')) as unknown;
      if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found as Record<string, unknown>;
    } catch {
      // the next place
    }
  return null;
}

const said = ({ metadata }: OnnxFacts, ...names: string[]): string =>
  names
    .map((name) => metadata.get(name))
    .find((value) => value !== undefined)
    ?.slice(0, 500) ?? '';

/** The session, or the runtime's complaint as a sentence. @throws TrainerError bad-encoder */
async function openNetwork(file: string, { opset }: OnnxFacts, model: Uint8Array, feeding: Feeding) {
  try {
    return await FrozenNetwork.open(model, feeding, normalisationOf());
  } catch (error) {
    const detail = brief(wordsOf(error));
    if (/opset/i.test(detail)) throw new TrainerError('bad-encoder.opset', { file, opset, detail });
    throw new TrainerError('bad-encoder.unusable', { file, detail });
  }
}

/** Photos of the first try: two, so that a number that is fixed inside the graph shows. */
const TRIED = 2;

/**
 * What the network gives for two photos, and how many it takes at a time: one by one where two fail or give what one
 * does not. @throws TrainerError bad-encoder
 */
async function tried(
  file: string,
  network: FrozenNetwork,
  feeding: Feeding,
  { photos }: { photos: Float32Array },
): Promise<{ raw: RawOutput; batch: number | null }> {
  const numbers = 3 * feeding.form.imageSize ** 2;
  const two = photos.subarray(0, TRIED * numbers);
  const run = (batch: number | null): Promise<RawOutput> => network.as({ ...feeding, batch }).raw(two, TRIED);
  try {
    if (feeding.batch !== null) return { raw: await run(feeding.batch), batch: feeding.batch };
    const single = await run(1);
    const together = await run(null).catch(() => null);
    return { raw: single, batch: together && isSame(single, together) ? null : 1 };
  } catch (error) {
    if (error instanceof TrainerError) throw error;
    throw new TrainerError('bad-encoder.unusable', { file, detail: brief(wordsOf(error)) });
  }
}

/** The same but for sums in another order. */
function isSame(a: RawOutput, b: RawOutput): boolean {
  if (a.shape.join() !== b.shape.join() || a.data.length !== b.data.length) return false;
  const scale = a.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a.data.every((value, i) => Math.abs(value - b.data[i]!) <= 1e-3 * scale);
}

/** Tokens that are no square of patches have a class token before them; others, and maps, are averaged. */
function guessedPool(shape: readonly number[]): Pooling {
  if (shape.length === 1) return 'none';
  if (shape.length === 2) return Number.isInteger(Math.sqrt(shape[0]!)) ? 'mean' : 'class';
  return shape.length === 3 ? 'mean' : 'flatten';
}
