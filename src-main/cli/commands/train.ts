/** `train` and `resume`. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError, mergeConfig, parseConfig, patchFromAssignment, settings } from '../../../shared/config.ts';
import type { ConfigPatch } from '../../../shared/config.ts';
import { MOST_EPOCHS } from '../../../shared/config/limits.ts';
import { PresetName, Provider } from '../../../shared/contract.ts';
import type { Client } from '../../../shared/client.ts';
import type { Dataset, PlanNote } from '../../../shared/contract.ts';
import { RENDERED } from '../../../shared/startingWeights.ts';
import { initFromRun, weightsOfRun } from '../../../shared/weights.ts';
import { counted } from '../../../shared/messages/format.ts';
import { answered } from '../../files/index.ts';
import { beside, readingColumns } from '../columns.ts';
import { configFile } from '../configFile.ts';
import { UsageError, whole } from '../command.ts';
import type { Arguments, Command, Context } from '../command.ts';
import { findRun, knownTag, openFolder } from '../find.ts';
import { listed } from '../listed.ts';
import { follow } from '../follow.ts';
import { meant } from '../nearest.ts';
import { costLine } from '../output.ts';
import { withSession } from '../session.ts';

const presets = PresetName.options;
const devices = ['auto', ...Provider.options];

export const train: Command = {
  name: 'train',
  usage: 'FOLDER [--tag TAG] [--preset P] [--set key=value ...]',
  summary: 'pretrain an encoder on a folder of photos',
  positionals: [1, 1],
  options: {
    preset: { value: 'NAME', help: `${presets.join(', ')} (default: balanced)` },
    config: { value: 'FILE', help: 'a JSON file of settings, over the preset' },
    set: { value: 'KEY=VALUE', multiple: true, help: 'one setting, over preset and file; may be repeated' },
    device: { value: 'NAME', help: `${devices.join(', ')} (default: as in Settings or the last run)` },
    name: { value: 'NAME', help: 'what the run is called' },
    tag: { value: 'TAG', help: 'only its photos with this tag, as a collection that the library keeps' },
    init: {
      value: 'FILE',
      help: 'start from the weights of a ResNet (safetensors, .pth or .onnx), from a run, or by name: random, rendered',
    },
  },
  help: () => `Scans FOLDER (nothing in it is changed), chooses settings for the number of photos and this machine, and trains.
Subfolders, where there are any, are taken as labels: only to measure, never to train. FOLDER may also be the name of a
collection: the photos of a folder that have a tag, or that were chosen in the window.

Watch the loss together with the rank: a loss near -1 with a rank that falls is a collapse, and the verdict says so
within an epoch. Ctrl-C saves and stops, 'lookalike resume' goes on; a second Ctrl-C stops at once.

  lookalike train ~/Pictures
  lookalike train ~/Pictures --preset quick --name "first try"
  lookalike train ~/Pictures --tag star
  lookalike train ~/Pictures --set minutes=30 --set epochs=null
  lookalike train cifar10/train --preset cifar --set epochs=3 --json

Settings for --set and --config (default):
${settings()
  .flatMap(({ path, meta, default: value }) =>
    beside(`  ${path} (${String(value)})`, `${meta.label}${meta.unit ? `, ${meta.unit}` : ''}`, 44, readingColumns()),
  )
  .join('\n')}`,
  async run(args, context) {
    const folder = args.positionals[0]!;
    const preset = presetOf(args);
    const given = await patchOf(args);
    return withSession(context, async ({ client }) => {
      const patch = await withRunIds(client, given);
      const whole = await divided(client, await openFolder(client, folder, context), patch, context);
      const tag = args.text('tag');
      const dataset = tag === undefined ? whole : await collectionOf(client, whole, tag);
      let runId: string | null = null;
      let planned: PlanNote[] = [];
      return follow(
        client,
        context,
        () => runId,
        async () => {
          const chosen = { datasetId: dataset.id, preset, patch };
          const { estimate, notes, refusals } = await client.call('runs.plan', { ...chosen, ready: true });
          // With --json the start event says it once more.
          const tell = (text: string) => (context.json ? context.output.note(text) : context.output.print(text));
          if (refusals.length === 0)
            for (const line of [`planned: ${costLine(estimate)}`, ...notes.map(({ message }) => message)]) tell(line);
          planned = notes;
          const run = await client.call('runs.create', {
            ...chosen,
            name: args.text('name') ?? null,
            clonedFrom: null,
          });
          return (runId = run.id);
        },
        () => planned,
      );
    });
  },
};

/**
 * Gives the folder the tiles and pages that the settings name, which it keeps from then on; answers the folder as it is
 * then.
 */
async function divided(client: Client, dataset: Dataset, patch: ConfigPatch, context: Context): Promise<Dataset> {
  const { tiles, overlap, page } = patch.input ?? {};
  const asked = Object.fromEntries(Object.entries({ tiles, overlap, page }).filter(([, value]) => value !== undefined));
  if (Object.keys(asked).length === 0) return dataset;
  const { id: datasetId, folder } = dataset;
  const set = () =>
    client.call('library.setInput', { datasetId, input: asked, read: false }, { signal: context.signal });
  const now = (await listed(client, folder, set, context)).dataset;
  const { files, empty } = now.divided;
  if (files > 0)
    context.output.note(
      `${counted(files, 'image is', 'images are')} cut into photos of their own, ${now.images} in all; ${counted(empty, 'tile of one tone is', 'tiles of one tone are')} left out`,
    );
  return now;
}

/** The photos of a folder that have the tag. @throws UsageError */
async function collectionOf(client: Client, { id: datasetId }: Dataset, tag: string): Promise<Dataset> {
  const { id: tagId } = await knownTag(client, tag);
  return client.call('library.collect', { datasetId, tagId });
}

export function presetOf(args: Arguments): PresetName | null {
  const given = args.text('preset');
  if (given === undefined) return args.text('config') === undefined ? 'balanced' : null;
  const parsed = PresetName.safeParse(given);
  if (!parsed.success) throw new UsageError(`there is no preset '${given}': choose from ${presets.join(', ')}`);
  return parsed.data;
}

/** @throws UsageError */
function deviceOf(args: Arguments): Provider | 'auto' | undefined {
  const given = args.text('device');
  if (given === undefined || given === 'auto') return given;
  const parsed = Provider.safeParse(given);
  if (!parsed.success) throw new UsageError(`there is no device '${given}': choose from ${devices.join(', ')}`);
  return parsed.data;
}

/** @throws UsageError, or ConfigError naming the setting; before anything is opened */
export async function patchOf(args: Arguments): Promise<ConfigPatch> {
  try {
    return await givenPatch(args);
  } catch (error) {
    if (error instanceof ConfigError && error.key === 'bad-config.unknown') {
      const { setting } = error.values as { setting: string };
      const paths = settings().map(({ path }) => path);
      const inGroups = paths.filter((path) => path.endsWith(`.${setting}`));
      const hint = inGroups.length > 0 ? ` (did you mean ${inGroups.join(' or ')}?)` : meant(setting, paths);
      throw new UsageError(`unknown setting ${setting}${hint}: 'lookalike train --help' lists the settings`);
    }
    throw error;
  }
}

async function givenPatch(args: Arguments): Promise<ConfigPatch> {
  const init = args.text('init');
  const device = args.text('device');
  const patch = mergeConfig(
    await configFile(args.text('config')),
    ...args.list('set').map(patchFromAssignment),
    device === undefined ? undefined : patchFromAssignment(`device=${device}`),
    init === undefined ? undefined : await initPatch(init),
  );
  if (patch.teacher?.from && !weightsOfRun(patch.teacher.from)) patch.teacher.from = resolve(patch.teacher.from);
  parseConfig(patch); // a preset only adds settings that are right
  return patch;
}

/** Runs that settings name as commands do, by a name or the beginning of an id, by their ids. @throws UsageError */
export async function withRunIds(client: Pick<Client, 'call'>, patch: ConfigPatch): Promise<ConfigPatch> {
  const byId = async (from = ''): Promise<string | null> => {
    const named = weightsOfRun(from);
    if (!named) return null;
    // an @ may be a part of the name
    const called = (await client.call('runs.list', null)).filter(({ name }) => `run:${name}` === from);
    if (called.length === 1) return initFromRun(called[0]!.id);
    return initFromRun((await findRun(client, named.runId)).id, named.checkpointId);
  };
  const [init, teacher] = [await byId(patch.backbone?.init), await byId(patch.teacher?.from)];
  return mergeConfig(
    patch,
    init ? { backbone: { init } } : undefined,
    teacher ? { teacher: { from: teacher } } : undefined,
  );
}

/** The patch for `--init NAME|FILE`; anything else names a run, which is looked up later. @throws FileError no-answer */
async function initPatch(init: string): Promise<ConfigPatch> {
  if (init === 'random' || init === RENDERED) return { backbone: { init } };
  if (await isThere(init)) return { backbone: { init: resolve(init) } };
  // a run's name may be anything, but what ends as a file of weights does or has folders is rarely one
  if (!init.startsWith('run:') && /[/\\]|\.(safetensors|pth?|onnx)$/i.test(init))
    throw new UsageError(`there is no file ${init} to start from: check its path, or name a run as run:NAME`);
  return { backbone: { init: initFromRun(init.replace(/^run:/, '')) } };
}

/** @throws FileError no-answer */
const isThere = (path: string): Promise<boolean> =>
  answered(path, () =>
    stat(path).then(
      () => true,
      () => false,
    ),
  );

/** `--epochs +N`; null where it is not given. @throws UsageError */
export function moreEpochs(args: Arguments): number | null {
  const given = args.text('epochs');
  if (given === undefined) return null;
  const epochs = whole(given.replace(/^\+/, ''));
  if (!(epochs >= 1)) throw new UsageError(`--epochs ${given}: write +N, for example --epochs +50`);
  if (epochs > MOST_EPOCHS) throw new UsageError(`--epochs ${given}: at most +${MOST_EPOCHS.toLocaleString('en')}`);
  return epochs;
}

export const resume: Command = {
  name: 'resume',
  usage: 'RUN [--epochs +N] [--device NAME]',
  summary: 'continue an interrupted, stopped or failed run, or extend a finished one',
  positionals: [1, 1],
  options: {
    epochs: { value: '+N', help: 'for a finished run: so many epochs more; the schedule restarts from a stated rate' },
    device: { value: 'NAME', help: `go on there: ${devices.join(', ')} (default: the device it began on)` },
  },
  help: `RUN is an id, the beginning of one, or a name. Training goes on from the last checkpoint exactly as it would have.

  lookalike resume 4f0k2m1a
  lookalike resume "first try" --epochs +50
  lookalike resume 4f0k2m1a --device cpu`,
  async run(args, context) {
    const epochs = moreEpochs(args);
    const device = deviceOf(args);
    if (device !== undefined && epochs !== null)
      throw new UsageError('--device is for a run that is continued: extend a finished one on its own device');
    return withSession(context, async ({ client }) => {
      const run = await findRun(client, args.positionals[0]!);
      if (run.state === 'finished' && epochs === null)
        throw new UsageError(`run ${run.name} is finished: add --epochs +N to extend it`);
      if (run.state !== 'finished' && epochs !== null)
        throw new UsageError(
          `run ${run.name} is ${run.state}: only a finished run can be extended, resume it without --epochs`,
        );
      return follow(
        client,
        context,
        () => run.id,
        async () => {
          if (epochs === null) await client.call('runs.resume', { runId: run.id, device });
          else await client.call('runs.extend', { runId: run.id, epochs });
          return run.id;
        },
      );
    });
  },
};
