/** `lab`: the paper's studies on a folder, from the prediction to the table beside the paper's. */
import { resolve } from 'node:path';
import type { Client } from '../../../shared/client.ts';
import { labLimits, ReportLanguage, StudyId } from '../../../shared/contract.ts';
import type { Experiment, LabPlan, LabRequest } from '../../../shared/contract.ts';
import { studies, studyOf } from '../../../shared/lab/studies.ts';
import { armLabel, findingText, labText, measureDefinition } from '../../../shared/messages/lab.ts';
import { counted } from '../../../shared/messages/format.ts';
import { UsageError } from '../command.ts';
import type { Arguments, Command, Context } from '../command.ts';
import { openFolder } from '../find.ts';
import { followExperiment } from '../followLab.ts';
import { experimentTable } from '../labTable.ts';
import { bytes, duration, table } from '../output.ts';
import { withSession } from '../session.ts';

/** The command line speaks English; a report may not. */
const language = 'en';
const verbs = ['resume', 'show', 'delete'] as const;

export const lab: Command = {
  name: 'lab',
  usage: '[STUDY FOLDER | resume ID | show ID | delete ID]',
  summary: 'the paper’s studies on your own photos; alone it lists them',
  positionals: [0, 2],
  options: {
    minutes: { value: 'M', help: 'minutes for the slowest arm; all make as many epochs (default 2)' },
    seeds: { value: 'N', help: 'train each arm N times with other random numbers (default 1)' },
    linear: { help: 'also a linear classifier on the features of each arm; needs labels' },
    plan: { help: 'only predict what it takes' },
    out: { value: 'DIR', help: 'write the report there: report.html, arms.csv, epochs.csv' },
    replace: { help: 'with --out: also files there that no report made, or that were changed since' },
    language: { value: 'NAME', help: 'of the report and the names of the runs: en or zh-CN (default en)' },
    runs: { help: 'with delete: its runs too' },
  },
  help: `A study trains a small network once for each of its arms, one after the other, with the same photos, seed and number
of epochs, and puts what they reach beside the paper's numbers. Subfolders are labels, only to measure.

Ctrl-C saves and stops. The same command again, or 'lab resume ID', goes on where it was, also after a crash.

  lookalike lab
  lookalike lab stop-gradient ~/Pictures --minutes 3 --out report
  lookalike lab methods ~/Pictures --minutes 10 --seeds 3 --linear
  lookalike lab show 1f0c2a --out report --language zh-CN

Studies: ${StudyId.options.join(', ')}.`,
  run(args, context) {
    const [first, second] = args.positionals;
    const verb = verbs.find((name) => name === first);
    if (first === undefined) {
      args.only(Object.keys(lab.options), false, 'a study and a folder');
      return list(context);
    }
    if (second === undefined)
      throw new UsageError(`write it as: lookalike lab ${verb ? `${verb} ID` : `${first} FOLDER`}`);
    args.only(['runs'], verb === 'delete', 'lab delete');
    args.only(['minutes', 'seeds', 'linear', 'plan'], !verb, 'a study and a folder');
    args.only(['out', 'language'], verb !== 'delete', 'a study, lab resume and lab show');
    args.only(['replace'], args.text('out') !== undefined, '--out');
    const chosen = reportLanguage(args);
    if (!verb) return start(args, context, chosen, second);
    return withSession(context, async ({ client }) => {
      const { id } = await findExperiment(client, second);
      if (verb === 'delete') return remove(client, context, id, args.on('runs'));
      if (verb === 'resume')
        return follow(client, context, args, chosen, async () => {
          await client.call('lab.resume', { experimentId: id });
          return id;
        });
      await finish(client, context, args, chosen, id);
      return 0;
    });
  },
};

function reportLanguage(args: Arguments): ReportLanguage {
  const parsed = ReportLanguage.safeParse(args.text('language') ?? language);
  if (!parsed.success)
    throw new UsageError(`--language ${args.text('language')}: choose from ${ReportLanguage.options.join(', ')}`);
  return parsed.data;
}

/** @throws UsageError when there is none, or more than one */
async function findExperiment(client: Client, named: string): Promise<Experiment> {
  const found = (await client.call('lab.list', null)).filter(({ id }) => id.startsWith(named));
  if (found.length === 1) return found[0]!;
  throw new UsageError(
    found.length > 1
      ? `'${named}' is the beginning of more than one experiment: give more of its id`
      : `there is no experiment '${named}': 'lookalike lab' lists them`,
  );
}

/**
 * A study's arms for ImageNet's number of photos, as the paper has them: they are scaled only where a folder is given.
 */
const asInPaper = (id: StudyId) => {
  const facts = { images: 1_281_167 };
  return studyOf(id)
    .arms(facts)
    .map((arm) => ({
      id: arm.id,
      label: armLabel(language, id, arm.id, facts.images),
      patch: arm.patch,
      paper: arm.paper,
    }));
};

function list(context: Context): Promise<number> {
  return withSession(context, async ({ client }) => {
    const { output } = context;
    const experiments = await client.call('lab.list', null);
    output.json({
      studies: studies.map(({ id, paper, settings, reference }) => ({
        id,
        paper,
        changes: labText(language, `study.${id}.changes`),
        settings,
        reference,
        arms: asInPaper(id),
      })),
      experiments: experiments.map(({ cells, rows, findings, ...rest }) => ({
        ...rest,
        trainings: cells.length,
        arms: rows.length,
        findings: findings.length,
      })),
    });
    for (const { id, paper } of studies) {
      output.print(
        `${id.padEnd(18)} ${labText(language, `study.${id}.title`)} (${paper}). ${labText(language, `study.${id}.changes`)}`,
      );
      output.print(
        `${' '.repeat(18)} ${asInPaper(id)
          .map(
            (arm) =>
              `${arm.label} (${arm.paper.top1?.toFixed(1) ?? labText(language, `outcome.${arm.paper.outcome}`)})`,
          )
          .join('; ')}`,
      );
    }
    output.print();
    output.print(
      "'lookalike lab STUDY FOLDER' starts one. Numbers are the paper's: % right on ImageNet after 100 epochs.",
    );
    if (experiments.length === 0) return 0;
    output.print();
    output.print(
      table([
        ['id', 'study', 'folder', 'state', 'trainings', 'minutes', 'seeds', 'started (UTC)'],
        ...experiments.map((item) => [
          item.id.slice(0, 8),
          item.study,
          item.datasetName,
          item.state,
          `${item.cells.filter(({ state }) => state === 'finished' || state === 'failed').length}/${item.cells.length}`,
          String(item.minutes),
          String(item.seeds),
          new Date(item.createdAt).toISOString().slice(0, 16).replace('T', ' '),
        ]),
      ]),
    );
    return 0;
  });
}

async function remove(client: Client, { output }: Context, experimentId: string, runs: boolean): Promise<number> {
  const freed = await client.call('lab.delete', { experimentId, runs });
  output.json({ deleted: experimentId, ...freed });
  output.print(
    `deleted the experiment${runs ? ` and its ${counted(freed.runs, 'run')}, ${bytes(freed.bytes)}` : '; its runs stay in the history'}`,
  );
  return 0;
}

function start(args: Arguments, context: Context, chosen: ReportLanguage, folder: string): Promise<number> {
  const study = StudyId.safeParse(args.positionals[0]);
  if (!study.success)
    throw new UsageError(`there is no study '${args.positionals[0]}': choose from ${StudyId.options.join(', ')}`);
  const minutes = Number(args.text('minutes') ?? labLimits.minutes.usual);
  if (!(minutes > 0 && minutes <= labLimits.minutes.most))
    throw new UsageError(`--minutes ${args.text('minutes')}: give minutes above 0, at most 10,000`);
  const seeds = args.integer('seeds', 1, labLimits.seeds.most) ?? labLimits.seeds.usual;
  return withSession(context, async ({ client }) => {
    const dataset = await openFolder(client, folder, context);
    const request: LabRequest = { study: study.data, datasetId: dataset.id, minutes, seeds, linear: args.on('linear') };
    const open = (await client.call('lab.list', null)).find(
      (item) => item.state === 'stopped' && isSame(item, request),
    );
    if (open && !args.on('plan'))
      return follow(client, context, args, chosen, async () => {
        context.output.print(`goes on with experiment ${open.id.slice(0, 8)}`);
        await client.call('lab.resume', { experimentId: open.id });
        return open.id;
      });
    context.output.progress('measuring how long a step of the slowest arm takes', true);
    const plan = await client.call('lab.plan', request);
    context.output.clear();
    printPlan(context, plan, request);
    if (args.on('plan')) return plan.refusals.length > 0 ? 1 : 0;
    return follow(client, context, args, chosen, async () => (await client.call('lab.start', request)).id);
  });
}

const isSame = (a: LabRequest, b: LabRequest): boolean =>
  a.study === b.study &&
  a.datasetId === b.datasetId &&
  a.minutes === b.minutes &&
  a.seeds === b.seeds &&
  a.linear === b.linear;

function printPlan({ output }: Context, plan: LabPlan, { seeds }: LabRequest): void {
  output.json({ event: 'plan', ...plan });
  output.print(
    `${labText(language, `study.${plan.study}.title`)}: ${labText(language, `study.${plan.study}.changes`)}`,
  );
  output.print(
    `${counted(plan.images, 'photo')}, ${counted(plan.arms.length, 'arm')}${seeds > 1 ? ` × ${seeds} seeds` : ''}, ${counted(plan.epochs, 'epoch')} each; about ${duration(plan.seconds)} (${plan.basis}), ${bytes(plan.memoryBytes)} of memory, ${bytes(plan.diskBytes)} of disk`,
  );
  for (const arm of plan.arms)
    output.print(
      `  ${armLabel(language, plan.study, arm.armId, plan.images)}: ${counted(arm.steps, 'step')}, about ${duration(arm.seconds)}`,
    );
  output.print(measureDefinition(language, plan));
  for (const note of plan.notes) output.note(note.message);
  for (const refusal of plan.refusals) output.note(refusal.message);
}

async function follow(
  client: Client,
  context: Context,
  args: Arguments,
  chosen: ReportLanguage,
  begin: () => Promise<string>,
): Promise<number> {
  const { id, state, code } = await followExperiment(client, context, begin);
  if (state === 'finished' || args.text('out') !== undefined) await finish(client, context, args, chosen, id);
  return code;
}

function outputFolder(args: Arguments): string | undefined {
  const out = args.text('out');
  return out === undefined ? undefined : resolve(out);
}

/** The table, what it shows, and the report where one is asked for. */
async function finish(
  client: Client,
  { output }: Context,
  args: Arguments,
  chosen: ReportLanguage,
  experimentId: string,
): Promise<void> {
  const experiment = await client.call('lab.get', { experimentId });
  const out = outputFolder(args);
  const report =
    out === undefined
      ? null
      : await client.call('lab.report', { experimentId, language: chosen, folder: out, replace: args.on('replace') });
  const sentences = experiment.findings.map((finding) =>
    findingText(language, finding, experiment.study, experiment.images),
  );
  output.json({ event: experiment.state === 'finished' ? 'done' : 'experiment', ...experiment, sentences, report });
  output.print();
  output.print(
    `${labText(language, `study.${experiment.study}.title`)} on ${experiment.datasetName}, ${counted(experiment.epochs, 'epoch')}, ${experiment.device ?? 'no device yet'} (${experiment.id.slice(0, 8)})`,
  );
  output.print(experimentTable(experiment));
  output.print(measureDefinition(language, experiment));
  if (studyOf(experiment.study).paper !== null) output.print(labText(language, 'report.paperNote'));
  for (const sentence of sentences) output.print(sentence);
  if (report) output.print(`report: ${report.files.map(({ file }) => file).join(', ')} in ${report.folder}`);
}
