/** The encoder as ONNX with its preprocessing in the metadata; onnxruntime reads it back. */
import { InternalError } from '../../../shared/errors.ts';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { RunConfig } from '../../../shared/config.ts';
import { channelsOf } from '../../../shared/input.ts';
import { edgesDim, encoderModel, featureDim, hasReadout } from '../../engine/index.ts';
import type { State } from '../../engine/index.ts';
import { writeFileAtomic } from '../../files/index.ts';
import { startOf, teacherFacts } from '../card.ts';
import type { Preprocessing } from '../preprocessing.ts';
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
  const session = await InferenceSession.create(join(directory, FILE));
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

const sizes = ({ resize_short_side: short, image_size: size }: Preprocessing, of: string): string => `\
width, height = (${short} if side == min(${of}.size) else int(${short} * side / min(${of}.size)) for side in ${of}.size)
left, top = round((width - ${size}) / 2), round((height - ${size}) / 2)
`;

const preparePhoto = (preprocessing: Preprocessing): string => {
  const { image_size: size, mean, std, color_order: order } = preprocessing;
  const grey = order === 'L';
  return `\
import io

import numpy as np
import onnxruntime
from PIL import Image, ImageCms, ImageOps

photo = ImageOps.exif_transpose(Image.open("photo.jpg"))
if profile := photo.info.get("icc_profile"):  # colours as they look, not as they are stored
    photo = ImageCms.profileToProfile(photo, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB")
photo = photo.convert("RGB")${grey ? '.convert("L")' : ''}
${sizes(preprocessing, 'photo')}photo = photo.resize((width, height), Image.BILINEAR)
photo = photo.crop((left, top, left + ${size}, top + ${size}))
pixels = (np.asarray(photo, np.float32) / 255 - np.float32([${mean.join(', ')}])) / np.float32([${std.join(', ')}])
pixels = ${grey ? 'pixels[None, None]' : 'pixels.transpose(2, 0, 1)[None]'}  # [1, ${grey ? 1 : 3}, ${size}, ${size}]
`;
};

/**
 * The lines that prepare bands with NumPy: whatever reads the file hands over an array, and Pillow resizes each band.
 */
const prepareBands = (preprocessing: Preprocessing): string => {
  const { image_size: size, mean, std, bands } = preprocessing;
  const { count, levels, ranges } = bands!;
  const [range = { kind: 'uint8', low: [0], high: [255] }] = ranges;
  const each = (values: number[]) => (values.length === 1 ? new Array<number>(count).fill(values[0]!) : values);
  const wide = levels > 255;
  return `\
import numpy as np
import onnxruntime
from PIL import Image

bands = np.load("photo.npy").astype(np.float64)  # [${count}, height, width] as measured (${range.kind}), from whatever reads your files
low, high = np.float64([${each(range.low).join(', ')}]), np.float64([${each(range.high).join(', ')}])
level = np.floor((bands - low[:, None, None]) * (${levels} / (high - low))[:, None, None] + 0.5)
level = np.nan_to_num(np.clip(level, 0, ${levels}))
planes = [Image.fromarray(band.astype(np.${wide ? 'float32' : 'uint8'})) for band in level]
${sizes(preprocessing, 'planes[0]')}planes = [plane.resize((width, height), Image.BILINEAR).crop((left, top, left + ${size}, top + ${size})) for plane in planes]
pixels = np.stack([np.${wide ? 'floor(np.asarray(plane) + 0.5)' : 'asarray(plane)'} for plane in planes]).astype(np.float32) / ${levels}
mean, std = np.float32([${mean.join(', ')}]), np.float32([${std.join(', ')}])
pixels = ((pixels - mean[:, None, None]) / std[:, None, None])[None]  # [1, ${count}, ${size}, ${size}]
`;
};

const snippet = (preprocessing: Preprocessing) => ({
  language: 'python',
  code: `${preprocessing.bands ? prepareBands(preprocessing) : preparePhoto(preprocessing)}
session = onnxruntime.InferenceSession("encoder.onnx")
embedding = session.run(["embedding"], {"pixel_values": pixels})[0]  # [1, D]
`,
});
