/** The encoder as ONNX with its preprocessing in the metadata; onnxruntime reads it back. */
import { InternalError } from '../../../shared/errors.ts';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { RunConfig } from '../../../shared/config.ts';
import { encoderModel, featureDim } from '../../engine/index.ts';
import { writeFileAtomic } from '../../files/index.ts';
import type { Preprocessing } from '../preprocessing.ts';
import { largestDifference, verifyFailed } from '../report.ts';
import type { EncoderWork, WriteEncoder } from '../work.ts';

const FILE = 'encoder.onnx';
/** How far an embedding of the exported file may be from the trainer's, relative to the largest of them. */
const TOLERANCE = 1e-4;

export const write: WriteEncoder = async ({ config, state, directory, preprocessing, samples }) => {
  await writeFileAtomic(join(directory, FILE), encoderModel(config, state, metadataOf(config, preprocessing)));
  return { files: [FILE], verified: [await verify(directory, config, samples)], snippets: [snippet(preprocessing)] };
};

const metadataOf = (config: RunConfig, preprocessing: Preprocessing): Record<string, string> => ({
  preprocessing: JSON.stringify(preprocessing),
  architecture: config.backbone.name,
  backbone: JSON.stringify(config.backbone),
  method: config.method,
  input: 'pixel_values [batch, 3, H, W] float32',
  output: `embedding [batch, ${featureDim(config)}] float32, pooled backbone features, not normalised`,
});

/** Loads the written file in onnxruntime and compares its embeddings with the given ones. */
async function verify(directory: string, config: RunConfig, { pixels, embeddings }: EncoderWork['samples']) {
  const size = config.imageSize;
  const d = featureDim(config);
  const n = embeddings.length / d;
  if (!Number.isInteger(n) || n < 1 || pixels.length !== n * 3 * size * size)
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
      const part = pixels.slice(at * 3 * size * size, (at + count) * 3 * size * size);
      const { embedding } = await session.run({ pixel_values: new OrtTensor('float32', part, [count, 3, size, size]) });
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

const prepare = ({ resize_short_side: short, image_size: size, mean, std }: Preprocessing): string => `\
photo = ImageOps.exif_transpose(Image.open("photo.jpg"))
if profile := photo.info.get("icc_profile"):  # colours as they look, not as they are stored
    photo = ImageCms.profileToProfile(photo, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB")
photo = photo.convert("RGB")
width, height = (${short} if side == min(photo.size) else int(${short} * side / min(photo.size)) for side in photo.size)
photo = photo.resize((width, height), Image.BILINEAR)
left, top = round((width - ${size}) / 2), round((height - ${size}) / 2)
photo = photo.crop((left, top, left + ${size}, top + ${size}))
pixels = (np.asarray(photo, np.float32) / 255 - np.float32([${mean.join(', ')}])) / np.float32([${std.join(', ')}])
pixels = pixels.transpose(2, 0, 1)[None]  # [1, 3, ${size}, ${size}]
`;

const snippet = (preprocessing: Preprocessing) => ({
  language: 'python',
  code: `\
import io

import numpy as np
import onnxruntime
from PIL import Image, ImageCms, ImageOps

${prepare(preprocessing)}
session = onnxruntime.InferenceSession("encoder.onnx")
embedding = session.run(["embedding"], {"pixel_values": pixels})[0]  # [1, D]
`,
});
