/**
 * Frozen encoders: networks trained elsewhere, as ONNX files, used as they are. A form says how a photo becomes their input and
 * which numbers of their output are the features. Leaves reading the file to the engine and the trainer.
 */
import { z } from 'zod';

/** Whether a file of this name can be such a network. */
export const isEncoderFile = (name: string): boolean => name.toLowerCase().endsWith('.onnx');

const Triple = z.array(z.number()).length(3);

/** The three numbers that a text writes, or one for all three; null where it writes none. */
export function parseTriple(text: string): number[] | null {
  const numbers = text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);
  const three = numbers.length === 1 ? [...numbers, ...numbers, ...numbers] : numbers;
  return three.length === 3 && three.every(Number.isFinite) ? three : null;
}

/** How the output becomes one vector: as it is, the class token, a mean (of tokens, of places; without the class token), or all of it. */
export const poolings = ['none', 'class', 'mean', 'patches', 'flatten'] as const;
export type Pooling = (typeof poolings)[number];

const formFields = {
  /** Side of the square picture that the network takes, pixels. */
  imageSize: z.int().min(8).max(2048),
  /** How a photo becomes square: its centre is cut out, or all of it is made to fit, whatever its proportions. */
  fit: z.enum(['crop', 'squash']),
  /** The short side that a photo is resized to before its centre is cut out, pixels; of no account where it is made to fit. */
  shortSide: z.int().min(8).max(4096),
  interpolation: z.enum(['bilinear', 'bicubic']),
  /** Of red, green and blue, where black is 0 and white 1. */
  mean: Triple,
  std: z.array(z.number().gt(0)).length(3),
  order: z.enum(['rgb', 'bgr']),
  layout: z.enum(['nchw', 'nhwc']),
  /** Name of the output that is taken. */
  output: z.string().min(1),
  pool: z.enum(poolings),
};
export const FrozenForm = z
  .strictObject(formFields)
  .refine(({ imageSize, shortSide }) => shortSide >= imageSize, { path: ['shortSide'] });
export type FrozenForm = z.infer<typeof FrozenForm>;

/** What a person sets of the form; the rest is read from the file, or guessed. */
export const FrozenPatch = z.strictObject(formFields).partial();
export type FrozenPatch = z.infer<typeof FrozenPatch>;

/** Where a field of the form is from: the person, the file's metadata, its graph, a preprocessor_config.json beside it, or a guess. */
const formSources = ['given', 'metadata', 'graph', 'config', 'guessed'] as const;
export type FormSource = (typeof formSources)[number];

/** What a run says of the network that it does not train. */
export const FrozenEncoder = z.object({
  /** Name of the file that it was copied from, without its folder. */
  file: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  form: FrozenForm,
  /** Numbers D of a photo's vector. */
  dimensions: z.int().min(1),
  /** Photos that it takes at a time; null: any number. */
  batch: z.int().min(1).nullable(),
  /** Type of an input number. */
  input: z.enum(['float32', 'uint8']),
  opset: z.int(),
  /** Who made the file, as it says itself; '' where it does not. */
  producer: z.string(),
  /** In a person's own words; '' where nothing was said. */
  licence: z.string(),
  origin: z.string(),
});
export type FrozenEncoder = z.infer<typeof FrozenEncoder>;

/** What came of embedding known pictures, each in two crops. */
export const FrozenCheck = z.object({
  pictures: z.int(),
  /** Mean cosine similarity of two crops of one picture, and of different pictures. */
  same: z.number(),
  different: z.number(),
  /** Share of the pictures whose other crop is nearer than every other picture. */
  nearest: z.number(),
  /** Whether every picture gives other numbers. */
  distinct: z.boolean(),
});
export type FrozenCheck = z.infer<typeof FrozenCheck>;

export const FrozenLook = z.object({
  encoder: FrozenEncoder,
  /** Names of all outputs that can be taken, with their shapes as the file has them. */
  outputs: z.array(z.object({ name: z.string(), shape: z.string() })),
  sources: z.partialRecord(z.strictObject(formFields).keyof(), z.enum(formSources)),
  check: FrozenCheck,
});
export type FrozenLook = z.infer<typeof FrozenLook>;

/** What the check says: that all is well, or what to look at in the form. */
type CheckOutcome = 'well' | 'alike' | 'far';
export const outcomeOf = ({ distinct, nearest }: FrozenCheck): CheckOutcome =>
  !distinct ? 'alike' : nearest < 0.5 ? 'far' : 'well';
