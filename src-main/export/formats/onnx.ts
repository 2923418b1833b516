/** The encoder as ONNX with its preprocessing in the metadata; onnxruntime reads it back. */
import { InternalError } from '../../../shared/errors.ts';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { RunConfig } from '../../../shared/config.ts';
import { channelsOf } from '../../../shared/input.ts';
import { edgesDim, encoderModel, featureDim, hasReadout, sleeping } from '../../engine/index.ts';
import type { State } from '../../engine/index.ts';
import { writeFileAtomic } from '../../files/index.ts';
import { startOf, teacherFacts } from '../card.ts';
import type { Preprocessing } from '../preprocessing.ts';
import { prepareLines } from '../prepareLines.ts';
import { largestDifference, verifyFailed } from '../report.ts';
import type { EncoderWork, WriteEncoder } from '../work.ts';

const FILE = 'encoder.onnx';
/** Most difference between embeddings of the exported file and the trainer's, as a share of the largest of them. */
const TOLERANCE = 1e-4;

export const write: WriteEncoder = async ({ config, state, directory, preprocessing, samples }) => {
  await writeFileAtomic(join(directory, FILE), encoderModel(config, state, metadataOf(config, state, preprocessing)));
  return { files: [FILE], verified: [await verify(directory, config, samples)], snippets: [snippet(preprocessing)] };
};

/** Without the path of the weights that it began with, which names folders of a person's. */
const network = ({ backbone: { name, width, stem } }: RunConfig) => ({ name, width, stem });

const metadataOf = (config: RunConfig, state: State, preprocessing: Preprocessing): Record<string, string> => ({
  preprocessing: JSON.stringify(preprocessing),
  architecture: config.backbone.name,
  backbone: JSON.stringify(network(config)),
  startingWeights: startOf(config),
  ...teacherFacts(config),
  method: config.method,
  input: `pixel_values [batch, ${channelsOf(config)}, H, W] float32`,
  output: `embedding [batch, ${featureDim(config)}] float32, ${hasReadout(state) ? `the last two stages for the photo enlarged by a half, pooled${edgesDim(config) > 0 ? ', beside its edges,' : ''} and whitened` : 'pooled backbone features'}, not normalised`,
});

/** Loads the written file in onnxruntime and compares its embeddings with the given ones. */
async function verify(directory: string, config: RunConfig, { pixels, embeddings }: EncoderWork['samples']) {
  const size = config.imageSize;
  const d = featureDim(config);
  const channels = channelsOf(config);
  const numbers = channels * size * size;
  const n = embeddings.length / d;
  if (!Number.isInteger(n) || n < 1 || pixels.length !== n * numbers)
    throw new InternalError(
      'bad-shape',
      `the check needs at least one photo: ${pixels.length} pixel values do not go with ${embeddings.length} numbers of ${d} a photo`,
      { d, size },
    );
  const session = await InferenceSession.create(join(directory, FILE), { extra: sleeping() });
  try {
    const found = new Float32Array(n * d);
    // Two batch sizes, so that a batch that is not dynamic shows.
    for (let at = 0, batch = 1; at < n; at += batch, batch = 16) {
      const count = Math.min(batch, n - at);
      const part = pixels.slice(at * numbers, (at + count) * numbers);
      const { embedding } = await session.run({
        pixel_values: new OrtTensor('float32', part, [count, channels, size, size]),
      });
      if (embedding?.dims[0] !== count || embedding.dims[1] !== d)
        throw verifyFailed(FILE, `an embedding of shape [${embedding?.dims.join(', ')}]`);
      found.set(embedding.data as Float32Array, at * d);
    }
    const scale = embeddings.reduce((m, x) => Math.max(m, Math.abs(x)), 1);
    const difference = largestDifference(found, embeddings);
    if (!(difference <= TOLERANCE * scale))
      throw verifyFailed(FILE, `embeddings that differ by ${difference}`, { difference });
    return { file: FILE, difference, reader: 'onnxruntime' };
  } finally {
    await session.release();
  }
}

const snippet = (preprocessing: Preprocessing) => ({
  language: 'python',
  code: `${prepareLines(preprocessing)}
session = onnxruntime.InferenceSession("encoder.onnx")
embedding = session.run(["embedding"], {"pixel_values": pixels})[0]  # [1, D]
`,
});
