/** Frozen encoders: an ONNX file from elsewhere looked at, and used on a folder of photos as it is. */
import { z } from 'zod';
import { FrozenLook, FrozenPatch } from '../frozen.ts';
import { call } from './wire.ts';
import { Task } from './explore.ts';
import { Id } from './dataset.ts';

const words = z.string().max(500).default('');

export const frozenCalls = {
  /**
   * What the file takes and gives, by the form as far as it is given, and what it makes of known pictures; nothing is
   * kept. Errors: bad-encoder.
   */
  'frozen.look': call(z.strictObject({ file: z.string().min(1), form: FrozenPatch.default({}) }), FrozenLook),
  /**
   * Copies the file into a new run of the folder, which is finished from the beginning: its id is the task's result.
   * Errors: bad-encoder, not-found, no-images.
   */
  'frozen.use': call(
    z.strictObject({
      file: z.string().min(1),
      datasetId: Id,
      name: z.string().min(1).max(200).nullable().default(null),
      form: FrozenPatch.default({}),
      /** In a person's words, for cards and exports; '': what the file says of itself. */
      licence: words,
      origin: words,
    }),
    Task,
  ),
} as const;
