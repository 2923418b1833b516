/** `use`: an encoder that was trained elsewhere, an ONNX file, on a folder of photos as it is. */
import { resolve } from 'node:path';
import { outcomeOf, parseTriple, poolings } from '../../../shared/frozen.ts';
import type { FrozenCheck, FrozenForm, FrozenLook, FrozenPatch } from '../../../shared/frozen.ts';
import { counted } from '../../../shared/messages/format.ts';
import { padTo } from '../columns.ts';
import { UsageError } from '../command.ts';
import type { Arguments, Command } from '../command.ts';
import { openFolder } from '../find.ts';
import { percent } from '../output.ts';
import { withSession } from '../session.ts';
import { runTask } from './task.ts';

/** Three numbers, or one for all three. @throws UsageError */
function triple(args: Arguments, name: 'mean' | 'std'): number[] | undefined {
  const given = args.text(name);
  if (given === undefined) return undefined;
  const three = parseTriple(given);
  if (three === null || (name === 'std' && three.some((each) => each <= 0)))
    throw new UsageError(
      `--${name} ${given}: give three numbers for red, green and blue, as in --${name} ${name === 'mean' ? '0.485,0.456,0.406' : '0.229,0.224,0.225'}`,
    );
  return three;
}

function oneOf<const T extends string>(args: Arguments, name: string, allowed: readonly T[]): T | undefined {
  const given = args.text(name);
  if (given === undefined || allowed.includes(given as T)) return given as T | undefined;
  throw new UsageError(`--${name} ${given}: choose from ${allowed.join(', ')}`);
}

function formOf(args: Arguments): FrozenPatch {
  const given: { [Field in keyof FrozenForm]: FrozenForm[Field] | undefined } = {
    imageSize: args.integer('input', 8),
    fit: oneOf(args, 'fit', ['crop', 'squash']),
    shortSide: args.integer('short-side', 8),
    interpolation: oneOf(args, 'interpolation', ['bilinear', 'bicubic']),
    mean: triple(args, 'mean'),
    std: triple(args, 'std'),
    order: oneOf(args, 'order', ['rgb', 'bgr']),
    layout: oneOf(args, 'layout', ['nchw', 'nhwc']),
    output: args.text('output'),
    pool: oneOf(args, 'pool', poolings),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const sourceTexts = {
  given: 'as given',
  metadata: "from the file's metadata",
  graph: "from the file's graph",
  config: 'from preprocessor_config.json beside it',
  guessed: 'guessed: check it',
} as const;

/** The form as it is used, a line for each field with where it is from. */
function formLines({ encoder: { form }, sources }: FrozenLook): string[] {
  const labels: Record<keyof FrozenForm, string> = {
    imageSize: 'picture, pixels',
    fit: 'made square by',
    shortSide: 'cut from a short side of',
    interpolation: 'resized by',
    mean: 'mean',
    std: 'deviation',
    order: 'colours',
    layout: 'axes',
    output: 'output',
    pool: 'pooling',
  };
  const number = (value: number) => String(Number(value.toPrecision(6)));
  return (Object.keys(labels) as (keyof FrozenForm)[]).map((field) => {
    const value = form[field];
    const text = Array.isArray(value) ? value.map(number).join(' ') : String(value);
    const source = sources[field];
    return `  ${labels[field].padEnd(26)}${padTo(text, 22)}${source ? ` ${sourceTexts[source]}` : ''}`.trimEnd();
  });
}

/** What the known pictures say. */
function checkLine(check: FrozenCheck): string {
  const { pictures, same, different, nearest } = check;
  const facts = `two crops of one of ${pictures} known pictures are alike by ${same.toFixed(2)}, different pictures by ${different.toFixed(2)}`;
  switch (outcomeOf(check)) {
    case 'well':
      return `check: ${facts}; the other crop is nearest for ${percent(nearest)}`;
    case 'alike':
      return `check: pictures that differ give the same vector, so it is not fed rightly: look at mean, deviation, output and pooling above`;
    case 'far':
      return `check: ${facts}; the other crop is nearest for ${percent(nearest)} only: look at output and pooling above`;
  }
}

export const useEncoder: Command = {
  name: 'use',
  usage: 'FILE.onnx [FOLDER] [--name NAME] [--pool P] ...',
  summary: 'embed a folder with an ONNX encoder from elsewhere, as it is',
  positionals: [1, 2],
  options: {
    name: { value: 'NAME', help: "what the run is called (default: the file's name)" },
    input: { value: 'PX', help: 'side of the picture, where the file leaves it open' },
    fit: { value: 'HOW', help: 'crop: the centre is cut out; squash: all of it is made square' },
    'short-side': { value: 'PX', help: 'the short side that a photo is resized to before the centre is cut out' },
    interpolation: { value: 'HOW', help: 'bilinear or bicubic' },
    mean: { value: 'R,G,B', help: 'subtracted from colours of 0 to 1' },
    std: { value: 'R,G,B', help: 'divided by after that; for levels of 0 to 255: --mean 0 --std 0.00392156863' },
    order: { value: 'O', help: 'rgb or bgr' },
    layout: { value: 'L', help: 'nchw or nhwc, where the file leaves it open' },
    output: { value: 'NAME', help: 'the output that is taken' },
    pool: { value: 'P', help: `${poolings.join(', ')}: how an output becomes one vector` },
    licence: { value: 'TEXT', help: "of the file, for cards and exports (default: the file's own)" },
    origin: { value: 'TEXT', help: "where it is from, likewise (default: the file's own)" },
  },
  help: `The file takes pictures and gives numbers: DINOv2, the vision part of CLIP, one of your own. What is not given is
read from its metadata, its graph and a preprocessor_config.json beside it, else guessed, and shown. It is copied, with
the weights that newer exporters put into a file beside it, and not trained; neighbors, eval, find, embed and export
work with it as with a run. Without FOLDER it is looked at alone.

  lookalike use dinov2-small.onnx
  lookalike use dinov2-small.onnx ~/Pictures --pool class --licence "Apache 2.0"
  lookalike use mine.onnx ~/Pictures --mean 0.5 --std 0.5`,
  run: (args, context) => {
    const form = formOf(args);
    const file = resolve(args.positionals[0]!);
    const folder = args.positionals[1];
    return withSession(context, async ({ client }) => {
      const { output, signal } = context;
      if (folder === undefined) {
        const look = await client.call('frozen.look', { file, form }, { signal });
        output.json(look);
        describe(look);
        for (const each of look.outputs) output.print(`output ${each.name}: ${each.shape}`);
        return outcomeOf(look.check) === 'alike' ? 1 : 0;
      }
      const { id: datasetId } = await openFolder(client, folder, context);
      const look = await client.call('frozen.look', { file, form }, { signal });
      describe(look);
      const given = { licence: args.text('licence') ?? '', origin: args.text('origin') ?? '' };
      const runId = await runTask(client, context, () =>
        client.call('frozen.use', { file, datasetId, name: args.text('name') ?? null, form, ...given }),
      );
      await runTask(client, context, () =>
        client.call('explore.embed', { runId, checkpointId: null, datasetId: null }),
      );
      const run = await client.call('runs.get', { runId });
      const [set] = await client.call('explore.sets', { runId });
      output.json({ run: runId, encoder: run.encoder, check: look.check, embedded: set?.images ?? null });
      output.print(
        `run ${runId}: ${run.name}, ${counted(set?.images ?? 0, 'photo')} embedded into ${run.encoder!.dimensions} numbers each`,
      );
      return 0;

      function describe(seen: FrozenLook): void {
        const { file: name, dimensions, batch, opset, licence } = seen.encoder;
        output.print(
          `${name}: ${counted(dimensions, 'number')} a photo, ${batch === null ? 'any number of photos' : batch === 1 ? 'one photo' : `${batch} photos`} at a time, operators of version ${opset}${licence ? `, licence: ${licence}` : ''}`,
        );
        for (const line of formLines(seen)) output.print(line);
        output.print(checkLine(seen.check));
      }
    });
  },
};
