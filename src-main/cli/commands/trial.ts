/** `trial`: which way to begin is best for a folder's photos, tried on a part of them in some five minutes. */
import { resolve } from 'node:path';
import type { Client } from '../../../shared/client.ts';
import type { Experiment } from '../../../shared/contract.ts';
import { TRIAL_MINUTES } from '../../../shared/lab/beginnings.ts';
import { PhotoKind } from '../../../shared/lab/photoKind.ts';
import { armLabel, findingText, measureDefinition } from '../../../shared/messages/lab.ts';
import { counted } from '../../../shared/messages/format.ts';
import { weightsOfRun } from '../../../shared/weights.ts';
import { beside, readingColumns } from '../columns.ts';
import { UsageError } from '../command.ts';
import type { Arguments, Command, Context } from '../command.ts';
import { openFolder } from '../find.ts';
import { followExperiment } from '../followLab.ts';
import { experimentTable } from '../labTable.ts';
import { duration, quoted } from '../output.ts';
import { withSession } from '../session.ts';

const language = 'en';
const study = 'which-way';

/** What --of takes, and of which photos it is right. */
const kinds = {
  any: 'people, places, things; also where you cannot say',
  upright: 'one thing that fills the picture, as clothes, letters, products',
  noUp: 'without an up, as under a microscope or from above',
  colour: 'told apart by their colour, as flowers or birds',
} satisfies Record<PhotoKind, string>;

export const trial: Command = {
  name: 'trial',
  usage: 'FOLDER',
  summary: 'which way to begin is best for these photos, in about five minutes',
  positionals: [1, 1],
  options: {
    of: { value: 'KIND', help: `what the photos are of: ${PhotoKind.options.join(', ')} (default: guessed from them)` },
    teacher: { value: 'FILE', help: 'an encoder that may teach (ONNX, weights, run:ID): tried as one more way' },
    minutes: { value: 'M', help: `minutes for each way that is trained (default ${TRIAL_MINUTES})` },
    plan: { help: 'only predict what it takes' },
  },
  help: () => `Tries the starting weights as they are, trained on gently, trained on, and a start from scratch, on at most 2,000 of the
photos, one after the other. Labels (subfolders) decide where there are any, else the label-free quality. What it ends
in is a sentence and the command that goes on with the best way.

${Object.entries(kinds)
  .flatMap(([kind, text]) => beside(`  ${kind}`, text, 11, readingColumns()))
  .join('\n')}

Which of the first three they are is guessed from 400 of them where nothing is said, and printed; colour is for you to say.

Ctrl-C saves and stops; the same command again goes on where it was, also after a crash. Its trainings are runs in the
history, and an experiment of the Lab.

  lookalike trial ~/Pictures
  lookalike trial ~/Slides --of noUp --plan
  lookalike trial ~/Pictures --teacher dinov2-small.onnx`,
  run(args, context) {
    const kind = PhotoKind.optional().safeParse(args.text('of'));
    if (!kind.success) throw new UsageError(`--of ${args.text('of')}: choose from ${PhotoKind.options.join(', ')}`);
    const minutes = Number(args.text('minutes') ?? TRIAL_MINUTES);
    if (!(minutes > 0 && minutes <= 10_000))
      throw new UsageError(`--minutes ${args.text('minutes')}: give minutes above 0, at most 10,000`);
    return withSession(context, (session) => start(session.client, context, args, kind.data, minutes));
  },
};

async function start(
  client: Client,
  context: Context,
  args: Arguments,
  kind: PhotoKind | undefined,
  minutes: number,
): Promise<number> {
  const { output } = context;
  const folder = args.positionals[0]!;
  const dataset = await openFolder(client, folder, context);
  const request = {
    study,
    datasetId: dataset.id,
    minutes,
    seeds: 1,
    linear: false,
    kind,
    teacher: teacherOf(args.text('teacher')),
  } as const;
  const open = (await client.call('lab.list', null)).find(
    (item) => item.study === study && item.datasetId === dataset.id && item.state === 'stopped',
  );
  let begin: () => Promise<string>;
  const isSame = open && (kind ?? open.kind) === open.kind && (request.teacher ?? open.teacher) === open.teacher;
  if (isSame && !args.on('plan')) {
    output.print(`goes on with trial ${open.id.slice(0, 8)}`);
    begin = async () => {
      await client.call('lab.resume', { experimentId: open.id });
      return open.id;
    };
  } else {
    output.progress('measuring how long a step takes', true);
    const plan = await client.call('lab.plan', request);
    output.clear();
    output.json({ event: 'plan', ...plan });
    output.print(
      `${counted(plan.images, 'photo')}, ${counted(plan.arms.length, 'way')}; about ${duration(plan.seconds)} (${plan.basis})`,
    );
    for (const arm of plan.arms)
      output.print(`  ${armLabel(language, study, arm.armId, plan.images)}: about ${duration(arm.seconds)}`);
    for (const note of plan.notes) output.note(note.message);
    for (const refusal of plan.refusals) output.note(refusal.message);
    if (args.on('plan')) return plan.refusals.length > 0 ? 1 : 0;
    begin = async () => (await client.call('lab.start', request)).id;
  }
  const { id, state, code } = await followExperiment(client, context, begin);
  if (state !== 'finished') return code;
  return finish(context, folder, await client.call('lab.get', { experimentId: id })) ? code : 1;
}

/** Whether there is a way to go on with. */
function finish({ output }: Context, folder: string, experiment: Experiment): boolean {
  const { choice } = experiment;
  const sentences = experiment.findings.map((finding) => findingText(language, finding, study, experiment.images));
  const command = choice && commandOf(folder, choice.patch);
  output.json({ event: 'done', ...experiment, sentences, command });
  output.print();
  output.print(experimentTable(experiment));
  output.print(measureDefinition(language, experiment));
  for (const sentence of sentences) output.print(sentence);
  if (command) output.print(`go on with it:  ${command}`);
  return choice !== null;
}

const teacherOf = (given: string | undefined): string | undefined =>
  given === undefined || weightsOfRun(given) ? given : resolve(given);

/** The command that trains a folder with the settings of a choice. */
function commandOf(folder: string, patch: Record<string, unknown>): string {
  const settings = Object.entries(patch).map(([key, value]) => `--set ${quoted(`${key}=${String(value)}`)}`);
  return ['lookalike train', quoted(folder), '--preset quick', ...settings].join(' ');
}
