/**
 * The form of an ONNX file: what its metadata, its graph and a preprocessor_config.json beside it say of how photos are
 * prepared, and a guess for the rest. What a person gives stands above all of it.
 */
import { z } from 'zod';
import type { FormSource, FrozenForm, FrozenPatch } from '../../../shared/frozen.ts';
import type { OnnxFacts, OnnxValueFacts } from '../../engine/index.ts';
import { cropFraction } from '../../images/index.ts';
import { TrainerError } from '../errors.ts';

/** TensorProto.DataType of what pictures can be given as. */
const inputTypes = { 1: 'float32', 2: 'uint8' } as const;
const FLOAT = 1;
/** Half precision, which the runtime's binding does not hand over. */
const HALF_FLOAT = 10;
/** What words and masks are given as. */
const integers = new Set([6, 7, 9]);

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const HALF = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
const SHARES = { mean: [0, 0, 0], std: [1, 1, 1] };
const LEVELS = { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] };
/** Side of the picture where the file leaves it open and nothing says it. */
const USUAL_SIDE = 224;

type Shape = (number | null)[];

/** What the graph alone decides. */
interface Taken {
  input: (typeof inputTypes)[keyof typeof inputTypes];
  layout: FrozenForm['layout'];
  /** Side of the picture; null where the file leaves it open. */
  side: number | null;
  /** Photos at a time; null: open. */
  batch: number | null;
  outputs: OnnxValueFacts[];
}

const shown = (shape: Shape | null): string => (shape ? `[${shape.map((size) => size ?? '?').join(', ')}]` : '[?]');
export const shapeText = ({ shape }: Pick<OnnxValueFacts, 'shape'>): string => shown(shape);

/** @throws TrainerError bad-encoder where the file takes anything but pictures in three colours */
export function takenBy(file: string, { inputs, outputs }: OnnxFacts): Taken {
  if (inputs.some(({ type }) => type === HALF_FLOAT)) throw new TrainerError('bad-encoder.half', { file });
  const pictures = inputs.filter(({ type, shape }) => type in inputTypes && (shape === null || shape.length === 4));
  const others = inputs.filter((input) => !pictures.includes(input));
  if (pictures.length === 0 && others.some(({ type }) => integers.has(type)))
    throw new TrainerError('bad-encoder.text', { file, input: others[0]!.name });
  if (inputs.length !== 1)
    throw new TrainerError('bad-encoder.inputs', {
      file,
      count: inputs.length,
      inputs: inputs.map(({ name }) => name).join(', '),
    });
  const [{ name, type, shape }] = inputs as [OnnxValueFacts];
  const input = inputTypes[type as keyof typeof inputTypes];
  if (pictures.length === 0 || input === undefined)
    throw new TrainerError('bad-encoder.not-pictures', { file, input: name, shape: shown(shape) });
  const sizes = shape ?? [null, null, null, null];
  const layout = sizes[1] === 3 || sizes[3] !== 3 ? 'nchw' : 'nhwc';
  const [channels, height, width] = layout === 'nchw' ? [sizes[1], sizes[2], sizes[3]] : [sizes[3], sizes[1], sizes[2]];
  if (channels !== null && channels !== 3)
    throw new TrainerError('bad-encoder.channels', { file, shape: shown(shape) });
  if (height && width && height !== width) throw new TrainerError('bad-encoder.square', { file, width, height });
  const usable = outputs.filter(({ type: of, shape: as }) => of === FLOAT && (as === null || as.length > 0));
  if (usable.length === 0 && outputs.some(({ type: of }) => of === HALF_FLOAT))
    throw new TrainerError('bad-encoder.half', { file });
  if (usable.length === 0) throw new TrainerError('bad-encoder.outputs', { file });
  return { input, layout, side: height ?? width ?? null, batch: sizes[0] ?? null, outputs: usable };
}

const numbers = z.array(z.number());
const text = (value: unknown): unknown => {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value;
  } catch {
    return value;
  }
};
/** Three numbers of a text such as "[0.5, 0.5, 0.5]" or "0.5 0.5 0.5", or of JSON; null where it says none. */
function triple(value: unknown): number[] | null {
  const list = text(value);
  const parsed = numbers.safeParse(
    typeof list === 'string'
      ? list
          .replace(/[[\]()]/g, ' ')
          .split(/[\s,;]+/)
          .filter(Boolean)
          .map(Number)
      : typeof list === 'number'
        ? [list, list, list]
        : list,
  );
  const found = parsed.success && parsed.data.length === 1 ? Array<number>(3).fill(parsed.data[0]!) : parsed.data;
  return found?.length === 3 && found.every(Number.isFinite) ? found : null;
}
/** A side in pixels of 224, "224", [3, 224, 224], {height: 224} or {shortest_edge: 224}. */
function side(value: unknown): number | null {
  const given = text(value);
  const found =
    typeof given === 'object' && given !== null
      ? Array.isArray(given)
        ? (given as unknown[]).at(-1)
        : ((given as Record<string, unknown>)['shortest_edge'] ?? (given as Record<string, unknown>)['height'])
      : given;
  return typeof found === 'number' && Number.isInteger(found) && found > 0 ? found : null;
}

/** Hugging Face's processors make a photo fit where they are told both sides and not to cut; ours say so. */
function fitOf(of: Readonly<Record<string, unknown>>, crops: boolean): FrozenForm['fit'] | null {
  const { crop, do_center_crop: cuts, crop_size: cut, size } = of;
  if (crop === 'center' || crops || cuts === true) return 'crop';
  if (crop === 'none') return 'squash';
  const both = typeof size === 'object' && size !== null && 'height' in size && 'width' in size;
  return both && cut === undefined ? 'squash' : null;
}

/** What one source says, by names that torchvision, timm, Hugging Face and our own exports write. */
function saidBy(given: Readonly<Record<string, unknown>>, fixed: number | null): FrozenPatch {
  const own = text(given['preprocessing']);
  const of: Record<string, unknown> = { ...given, ...(typeof own === 'object' && own !== null ? own : {}) };
  const first = <T>(read: (value: unknown) => T | null, ...names: string[]): T | undefined =>
    names.map((name) => read(of[name])).find((value) => value !== null) ?? undefined;
  const crops = of['do_center_crop'] !== false && side(of['crop_size']) !== null;
  const stated = (crops ? side(of['crop_size']) : null) ?? first(side, 'image_size', 'input_size', 'size', 'imgsz');
  const imageSize = fixed ?? stated;
  const fraction = Number(of['crop_pct']);
  const shortSide =
    first(side, 'resize_short_side') ??
    first(side, 'size') ??
    (imageSize !== undefined && fraction > 0 && fraction <= 1 ? Math.floor(imageSize / fraction) : undefined);
  const fit = fitOf(of, crops);
  const how = String(of['interpolation'] ?? of['resample'] ?? '').toLowerCase();
  const mean = of['do_normalize'] === false ? SHARES.mean : first(triple, 'mean', 'image_mean');
  const std = of['do_normalize'] === false ? SHARES.std : first(triple, 'std', 'image_std');
  const order = String(of['color_order'] ?? of['channel_order'] ?? '').toLowerCase();
  const pool = of['pool'] ?? of['pooling'];
  return {
    ...(stated !== undefined && { imageSize: stated }),
    ...(shortSide !== undefined && imageSize !== undefined && shortSide >= imageSize && { shortSide }),
    ...(fit !== null && { fit }),
    ...(['bicubic', '3'].includes(how) && { interpolation: 'bicubic' }),
    ...(['bilinear', '2'].includes(how) && { interpolation: 'bilinear' }),
    ...(mean && std?.every((each) => each > 0) && { mean, std }),
    ...(['rgb', 'bgr'].includes(order) && { order: order as 'rgb' }),
    ...(typeof of['output_name'] === 'string' && { output: of['output_name'] }),
    ...(['class', 'mean', 'patches', 'flatten'].includes(String(pool)) && { pool: pool as 'mean' }),
  };
}

type Step = OnnxFacts['first'][number];

/** Whether the first that a graph does is to make 0 to 1 of -1 to 1. */
function isFromSigned(step: Step, next: Step | undefined): boolean {
  const is = (of: Step | undefined, operator: string, value: number): boolean =>
    of?.operator === operator && of.constants.every((each) => Math.abs(each - value) < 1e-3);
  const halves = (of: Step | undefined): boolean => is(of, 'Mul', 0.5) || is(of, 'Div', 2);
  return (halves(step) && is(next, 'Add', 0.5)) || (is(step, 'Add', 1) && halves(next));
}

/** What the graph does to the picture first: normalisation that is in the file need not be done before it. */
function inGraph({ first }: OnnxFacts): Pick<FrozenForm, 'mean' | 'std'> | null {
  const [step, next] = first.filter(({ constants }) => constants.length > 0);
  if (!step) return null;
  if (isFromSigned(step, next)) return HALF;
  const { operator, constants } = step;
  const largest = Math.max(...constants.map(Math.abs));
  const smallest = Math.min(...constants.map(Math.abs));
  const ofLevels =
    ((operator === 'Sub' || operator === 'Add' || operator === 'Div') && largest > 5) ||
    (operator === 'Mul' && smallest < 0.03);
  return ofLevels ? LEVELS : SHARES;
}

/** Outputs by how likely they are the features: what says so by its name, else vectors, tokens, maps; class scores last. */
function likeliest(outputs: readonly OnnxValueFacts[]): OnnxValueFacts {
  const rank = ({ name, shape }: OnnxValueFacts): number => {
    if (/logit|prob|class|score|softmax/i.test(name)) return 9;
    if (/embed|feature|pool/i.test(name)) return shape?.length === 2 ? 0 : 1;
    if (/last_hidden|hidden_state|token/i.test(name)) return 2;
    return shape?.length === 2 ? 3 : 4;
  };
  return outputs.reduce((best, output) => (rank(output) < rank(best) ? output : best));
}

interface Form {
  form: Omit<FrozenForm, 'pool'> & { pool: FrozenForm['pool'] | null };
  sources: Partial<Record<keyof FrozenForm, FormSource>>;
}

/**
 * The form but for the pooling, which follows from what the network gives where nothing says it (null).
 * @param config of a preprocessor_config.json beside the file; null: there is none
 * @throws TrainerError bad-encoder where what is given contradicts the file
 */
export function formOf(
  file: string,
  facts: OnnxFacts,
  taken: Taken,
  config: Readonly<Record<string, unknown>> | null,
  given: FrozenPatch,
): Form {
  const sources: Form['sources'] = {};
  const said = new Map<FormSource, FrozenPatch>([
    ['given', given],
    ['metadata', saidBy(Object.fromEntries(facts.metadata), taken.side)],
    ['config', config ? saidBy(config, taken.side) : {}],
  ]);
  const pick = <K extends keyof FrozenForm>(field: K, rest: [FormSource, FrozenForm[K]]): FrozenForm[K] => {
    const [source, value] = ([...said]
      .map(([from, patch]) => [from, patch[field]] as const)
      .find(([, found]) => found !== undefined) ?? rest) as [FormSource, FrozenForm[K]];
    sources[field] = source;
    return value;
  };
  const { side: fixed, layout, outputs } = taken;
  if (fixed !== null && given.imageSize !== undefined && given.imageSize !== fixed)
    throw new TrainerError('bad-encoder.size', { file, given: given.imageSize, size: fixed });
  if (given.layout !== undefined && fixed !== null && given.layout !== layout)
    throw new TrainerError('bad-encoder.layout', { file, given: given.layout, layout });
  const imageSize = fixed ?? pick('imageSize', ['guessed', USUAL_SIDE]);
  if (fixed !== null) sources.imageSize = 'graph';
  const graph = inGraph(facts);
  const names = outputs.map(({ name }) => name);
  const byName = /clip|siglip/i.test(file) ? HALF : IMAGENET;
  const norm: [FormSource, Pick<FrozenForm, 'mean' | 'std'>] = graph ? ['graph', graph] : ['guessed', byName];
  const mean = pick('mean', [norm[0], norm[1].mean]);
  const std = pick('std', [norm[0], norm[1].std]);
  const fit = pick('fit', ['guessed', 'crop']);
  const interpolation = pick('interpolation', ['guessed', 'bilinear']);
  let shortSide = pick('shortSide', ['guessed', Math.round(imageSize / cropFraction(imageSize))]);
  if (shortSide < imageSize) {
    if (sources.shortSide === 'given') throw new TrainerError('bad-encoder.short-side', { shortSide, imageSize });
    shortSide = imageSize;
  }
  const output = pick('output', ['guessed', likeliest(outputs).name]);
  if (!names.includes(output))
    throw new TrainerError('bad-encoder.output', { file, given: output, outputs: names.join(', ') });
  if (outputs.length === 1 && sources.output !== 'given') sources.output = 'graph';
  sources.layout = given.layout !== undefined ? 'given' : 'graph';
  const order = pick('order', ['guessed', 'rgb']);
  const pool = [...said.values()].map((patch) => patch.pool).find((value) => value !== undefined) ?? null;
  if (pool !== null) pick('pool', ['guessed', pool]);
  return {
    form: { imageSize, fit, shortSide, interpolation, mean, std, order, layout: given.layout ?? layout, output, pool },
    sources,
  };
}
